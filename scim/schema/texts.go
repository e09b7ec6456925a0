package schema

import (
	"github.com/go-json-experiment/json/jsontext"

	elimityschema "github.com/elimity-com/scim/schema"
)

// Shared is the text of a token, in one copy for all requests where it is a name or a
// value that most of them hold.
func Shared(token jsontext.Token) string {
	if text, ok := commonTexts[token.String()]; ok {
		return text
	}
	return token.String()
}

// commonTexts are the names of all attributes, and what they often hold.
var commonTexts = func() map[string]string {
	texts := map[string]string{}
	keep := func(list ...string) {
		for _, text := range list {
			texts[text] = text
		}
	}
	for _, s := range []elimityschema.Schema{
		elimityschema.CoreUserSchema(), elimityschema.CoreGroupSchema(), elimityschema.ExtensionEnterpriseUser(),
	} {
		keep(s.ID)
		for _, a := range s.Attributes {
			keep(a.Name())
			for _, sub := range a.SubAttributes() {
				keep(sub.Name())
			}
		}
	}
	keep(Workspace, "schemas", "id", "externalId", "meta", "work", "home", "mobile", "User", "direct", "en-US")
	return texts
}()
