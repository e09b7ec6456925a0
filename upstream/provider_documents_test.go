package upstream_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"ws1bridge/upstream"
)

func document(t *testing.T, text string) (d upstream.ProviderDocument) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestProviderDocumentDifferences(t *testing.T) {
	for name, tt := range map[string]struct {
		a, b string
		want []string
	}{
		"the same":               {`{"a":1,"b":[{"x":true}]}`, `{"b":[{"x":true}],"a":1}`, nil},
		"links":                  {`{"a":{"_links":{"self":1},"x":1},"_links":{}}`, `{"a":{"x":1}}`, nil},
		"null and nothing":       {`{"a":null,"b":{"c":null}}`, `{"b":{}}`, nil},
		"order of names":         {`{"a":{"x":1,"y":2}}`, `{"a":{"y":2,"x":1}}`, nil},
		"order of values":        {`{"a":[1,2]}`, `{"a":[2,1]}`, []string{"a"}},
		"a value less":           {`{"b":1,"a":2}`, `{}`, []string{"a", "b"}},
		"a value more":           {`{}`, `{"b":1,"a":2}`, []string{"a", "b"}},
		"digits of long numbers": {`{"a":1234567890123456789}`, `{"a":1234567890123456788}`, []string{"a"}},
		"a number and its text":  {`{"a":1}`, `{"a":"1"}`, []string{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := document(t, tt.a).Differences(document(t, tt.b)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestProviderDocumentDirectories(t *testing.T) {
	entry := func(id string) upstream.Directory {
		var d upstream.Directory
		if err := json.Unmarshal([]byte(`{"directoryId":"`+id+`","unknown":[7],"_links":{"self":{}}}`), &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, before := range []string{`{"name":"A"}`, `{"name":"A","directoryConfigurations":null}`,
		`{"name":"A","directoryConfigurations":[]}`} {
		d := document(t, before)
		more, err := d.WithDirectories(entry("1"), entry("2"))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(more["directoryConfigurations"]); !strings.Contains(got, `"unknown":[7]`) ||
			strings.Contains(got, "_links") {
			t.Errorf("the entries are %s", got)
		}
		p, err := more.Provider()
		if want := []string{"1", "2"}; err != nil || !reflect.DeepEqual(p.DirectoryIDs, want) {
			t.Errorf("the directories are %v, %v, want %v", p.DirectoryIDs, err, want)
		}
		less, err := more.WithoutDirectories("2", "absent")
		if err != nil {
			t.Fatal(err)
		}
		if p, err := less.Provider(); err != nil || !reflect.DeepEqual(p.DirectoryIDs, []string{"1"}) {
			t.Errorf("after the removal the directories are %v, %v", p.DirectoryIDs, err)
		}
		if len(d.Differences(document(t, before))) > 0 {
			t.Error("the document itself was changed")
		}
	}
	if _, err := document(t, `{"directoryConfigurations":"all"}`).WithDirectories(entry("1")); err == nil {
		t.Error("directories of an unknown form were replaced")
	}
}
