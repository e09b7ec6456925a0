package jsonvalue

import (
	"reflect"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// Some names of the outermost object are read in a way of their own.
func TestReaderOfSpecialNames(t *testing.T) {
	count := func(r Reader, d *jsontext.Decoder) (any, error) {
		v, err := r.Read(d)
		list, _ := v.([]any)
		return len(list), err
	}
	got, err := Reader{Special: map[string]Special{"list": count}}.Read(decoder(`{"list":[1,2],"a":{"list":["x"]}}`))
	want := map[string]any{"list": 2, "a": map[string]any{"list": []any{"x"}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}
