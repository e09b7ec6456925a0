package schema

import elimityschema "github.com/elimity-com/scim/schema"

// Shared is a text, in one copy for all requests where it is a name or a value that most
// of them hold.
func Shared(b []byte) string {
	if text, ok := commonTexts[string(b)]; ok {
		return text
	}
	return string(b)
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
