package accesstest

import (
	"net/http"
	"strconv"
)

// isList reports whether users or groups are listed or searched with a GET.
func isList(r *http.Request) bool {
	path := saasPath(r.URL.Path)
	return r.Method == http.MethodGet && (path == apiPath+"/scim/Users" || path == apiPath+"/scim/Groups")
}

func isLaterPage(r *http.Request) bool {
	q, err := queryFromURL(r)
	return isList(r) && err == nil && q.start > 1
}

// inList changes a page.
func inList(change func(page object)) spoiler {
	return spoiler{keeps: true, concerns: isList, spoil: func(out *reply, _ *http.Request) { out.edit(change) }}
}

// show replaces the resources of a page.
func show(page object, resources []any) {
	page["Resources"], page["itemsPerPage"] = resources, len(resources)
}

// loseLast makes a list announce one resource more than it shows.
func loseLast(page object) {
	shown, _ := page["Resources"].([]any)
	if len(shown) == 0 {
		page["totalResults"] = 1
		return
	}
	show(page, shown[:len(shown)-1])
}

// shrink makes a list end before the page, as if what follows had been deleted meanwhile.
func shrink(out *reply, r *http.Request) {
	q, _ := queryFromURL(r) // isLaterPage has read it
	out.edit(func(page object) {
		page["totalResults"] = q.start - 1
		show(page, []any{})
	})
}

// nextPage asks for the page after the one that is asked for.
func nextPage(r *http.Request) *http.Request {
	q, err := queryFromURL(r)
	if err != nil {
		return r // it is refused all the same
	}
	r = r.Clone(r.Context())
	values := r.URL.Query()
	values.Set("startIndex", strconv.Itoa(max(q.start, 1)+q.count))
	r.URL.RawQuery = values.Encode()
	return r
}

// pretendPage calls a page the one that was asked for.
func pretendPage(out *reply, r *http.Request) {
	q, _ := queryFromURL(r)
	out.edit(func(page object) { page["startIndex"] = max(q.start, 1) })
}
