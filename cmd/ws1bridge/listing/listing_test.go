package listing

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

func sample() *Rows {
	r := &Rows{Columns: []string{"userName", "active", "urn:x:y:department", "emails"}}
	r.Add("zoe@acme.com", true, nil, []string{"zoe@acme.com", "z@acme.com"})
	r.Add("Ada@acme.com", false, "=HYPERLINK(\"x\")", []string{})
	r.Add("ada@acme.com", true, "line\nend, \"quoted\"", nil)
	r.Sort()
	return r
}

func TestTable(t *testing.T) {
	const want = `USERNAME       ACTIVE   DEPARTMENT             EMAILS
Ada@acme.com   false    =HYPERLINK("x")        -
ada@acme.com   true     line·end, "quoted"   -
zoe@acme.com   true     -                      zoe@acme.com; z@acme.com
`
	var out strings.Builder
	if err := sample().Write(&out, Table); err != nil {
		t.Fatal(err)
	}
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	if squeeze(out.String()) != squeeze(want) {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestCSV(t *testing.T) {
	var out strings.Builder
	if err := sample().Write(&out, CSV); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "userName,active,urn:x:y:department,emails\r\n") {
		t.Errorf("it begins with %.60q", out.String())
	}
	got, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	if err != nil || len(got) != 4 || got[1][2] != `'=HYPERLINK("x")` || got[2][2] != "line\nend, \"quoted\"" ||
		got[3][3] != "zoe@acme.com; z@acme.com" {
		t.Errorf("got %q, %v", got, err)
	}
	for value, want := range map[string]string{"": "", "a": "a", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x",
		"\tx": "'\tx", "a=1": "a=1"} {
		if got := harmless(value); got != want {
			t.Errorf("harmless(%q) = %q", value, got)
		}
	}
}

func TestJSON(t *testing.T) {
	var out strings.Builder
	if err := sample().Write(&out, JSON); err != nil {
		t.Fatal(err)
	}
	var got []struct {
		UserName string
		Active   bool
		Emails   []string
	}
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil || len(got) != 3 || !got[2].Active ||
		len(got[2].Emails) != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	out.Reset()
	if err := (&Rows{}).Write(&out, JSON); err != nil || strings.TrimSpace(out.String()) != "[]" {
		t.Errorf("nothing is %q, %v", out.String(), err)
	}
}
