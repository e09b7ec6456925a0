package login_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/login"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestUndoAttachment(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "unassociated"}))
	record := w.mustApply(t, w.attachment(t))
	w.change(t, record.ID, "description", "somebody else's")
	p, err := record.Undo(t.Context(), w.Client)
	undone := w.mustApply(t, mustPlan(t, p, err, 1))
	document, err := w.ProviderDocument(t.Context(), record.ID)
	if err != nil || len(w.provider(t, "Okta SAML").DirectoryIDs) != 0 ||
		!slices.Equal(document.Differences(record.Before), []string{"description"}) {
		t.Errorf("the provider is %v, %v", document, err)
	}
	p, err = record.Undo(t.Context(), w.Client)
	mustPlan(t, p, err, 0)
	p, err = undone.Undo(t.Context(), w.Client) // and forth again
	w.mustApply(t, mustPlan(t, p, err, 1))
	if got := w.provider(t, "Okta SAML"); len(got.DirectoryIDs) != 1 {
		t.Errorf("after undoing the undoing, the provider is %+v", got)
	}
}

func TestUndoCreation(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "none"}))
	p, err := login.Create(t.Context(), w.Client, domains, creation(metadata(t, entity)))
	record := w.mustApply(t, mustPlan(t, p, err, 6))
	p, err = record.Undo(t.Context(), w.Client)
	deleted := w.mustApply(t, mustPlan(t, p, err, 1))
	if all := w.access.State().Providers; len(all) != 1 {
		t.Errorf("there are %d providers", len(all))
	}
	p, err = record.Undo(t.Context(), w.Client)
	mustPlan(t, p, err, 0)
	p, err = deleted.Undo(t.Context(), w.Client)
	w.mustApply(t, mustPlan(t, p, err, 1))
	if got := w.provider(t, "Okta"); !got.Enabled || len(got.DirectoryIDs) != 1 {
		t.Errorf("created again, the provider is %+v", got)
	}
	p, err = deleted.Undo(t.Context(), w.Client)
	mustPlan(t, p, err, 0)
}

// TestUndoAfterOthers leaves alone what somebody else changed.
func TestUndoAfterOthers(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "none"}))
	p, err := login.Create(t.Context(), w.Client, domains, creation(metadata(t, entity)))
	record := w.mustApply(t, mustPlan(t, p, err, 6))
	w.change(t, record.ID, "description", "in use by others")
	_, err = record.Undo(t.Context(), w.Client)
	mustRefuse(t, err, "was changed since", "description", "nothing was deleted")

	w = newWorld(t, without(accesstest.Mistakes{OktaProvider: "disabled"}))
	p, err = login.Attach(t.Context(), w.Client, domains, login.Attachment{Provider: "Okta SAML", Enable: true})
	record = w.mustApply(t, mustPlan(t, p, err, 1))
	w.change(t, record.ID, upstream.KeyStatus, 7)
	_, err = record.Undo(t.Context(), w.Client)
	mustRefuse(t, err, "somebody changed "+upstream.KeyStatus, "nothing was written")
	w.change(t, record.ID, upstream.KeyStatus, 1)
	p, err = record.Undo(t.Context(), w.Client)
	w.mustApply(t, mustPlan(t, p, err, 1))
	if w.provider(t, "Okta SAML").Enabled {
		t.Error("the provider is still enabled")
	}
	if err := w.DeleteProvider(t.Context(), record.ID); err != nil {
		t.Fatal(err)
	}
	_, err = record.Undo(t.Context(), w.Client)
	mustRefuse(t, err, "not there any more")
}

// TestUndoChangeAfterTheUndo does not delete what was changed between its plan and its
// writing.
func TestUndoChangeAfterTheUndo(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "none"}))
	p, err := login.Create(t.Context(), w.Client, domains, creation(metadata(t, entity)))
	record := w.mustApply(t, mustPlan(t, p, err, 6))
	p, err = record.Undo(t.Context(), w.Client)
	mustPlan(t, p, err, 1)
	w.change(t, record.ID, "description", "in use")
	_, err = p.Apply(t.Context(), w.Client)
	mustRefuse(t, err, "meanwhile")
	if all := w.access.State().Providers; len(all) != 2 {
		t.Errorf("there are %d providers", len(all))
	}
}

func TestRecordFiles(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "unassociated"}))
	p := w.attachment(t)
	record := login.NewRecord(w.access.URL, p, time.Now())
	path := filepath.Join(t.TempDir(), "login.json")
	if err := record.Create(path); err != nil {
		t.Fatal(err)
	}
	if err := record.Create(path); err == nil {
		t.Error("a file that was there was overwritten")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v, %v", info.Mode(), err)
	}
	record = w.mustApply(t, p)
	if err := record.Replace(path); err != nil {
		t.Fatal(err)
	}
	read, err := login.ReadRecord(path)
	if err != nil || read.ID != p.ID || len(read.Before.Differences(p.Before)) > 0 ||
		len(read.After.Differences(record.After)) > 0 {
		t.Errorf("read %+v, %v", read, err)
	}
	for name, text := range map[string]string{"empty": "", "no record": "{}", "other": `{"version":1,"provider":"x"}`,
		"of later": `{"version":2,"provider":"x","before":{},"after":{}}`, "half": `{"version":1,"provider":"x","before":{`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := login.ReadRecord(path); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	if _, err := login.ReadRecord(path + ".absent"); err == nil {
		t.Error("an absent file was read")
	}
}
