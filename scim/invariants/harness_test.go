package invariants

import (
	"testing"

	"go.uber.org/goleak"

	"ws1bridge/scim/scimtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type response = scimtest.Response

const (
	usersPath  = scimtest.UsersPath
	groupsPath = scimtest.GroupsPath
	accessAPI  = scimtest.AccessAPI
	domain     = scimtest.Domain
)

func operations(ops ...map[string]any) map[string]any { return scimtest.Operations(ops...) }

func values(ids []string) []any { return scimtest.Members(ids) }

func filter(path, expression string) string { return scimtest.Filter(path, expression) }

func add(ids ...string) map[string]any { return scimtest.Add(ids...) }

func group(name string, members ...string) map[string]any { return scimtest.Group(name, members...) }
