package accesstest

// Names of authentication methods; policies mention them.
const (
	methodOkta     = "Okta SAML"
	methodOkta2    = "Okta 2"
	methodPassword = "Password (Local Directory)"
)

// seededMethods are those of the seeded providers for Okta, which have the same names.
var seededMethods = []string{methodOkta, methodOkta2}

// enabledMethods are the names of the methods of the enabled providers.
func (s *store) enabledMethods() (names []string) {
	for _, provider := range s.providers {
		if isEnabled(provider) {
			names = append(names, methodsOf(provider)...)
		}
	}
	return names
}

// methodsOf are the names of the methods of a provider, "" for one without.
func methodsOf(provider object) (names []string) {
	for _, method := range objects(provider["authMethods"]) {
		names = append(names, methodName(method))
	}
	return names
}

func methodName(method object) string {
	name, _ := method["authMethodName"].(string)
	return name
}

// numberMethods gives the methods of a provider their ids: those that it had before, and new ones. What a
// client sends for an id does not count; public clients send 0 or 1. Chosen: not documented.
func (s *store) numberMethods(provider, before object) {
	known := map[string]any{}
	for _, method := range objects(before["authMethods"]) {
		known[methodName(method)] = method["authMethodId"]
	}
	for _, method := range objects(provider["authMethods"]) {
		id, ok := known[methodName(method)]
		if !ok {
			s.methodID++
			id = s.methodID
		}
		method["authMethodId"] = id
	}
}

// objects are the items of a list, nil for one that is no object.
func objects(value any) (list []object) {
	items, _ := value.([]any)
	for _, item := range items {
		o, _ := item.(object)
		list = append(list, o)
	}
	return list
}
