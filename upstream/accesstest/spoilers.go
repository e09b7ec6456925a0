package accesstest

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// spoiler makes a wrong answer of a right one.
type spoiler struct {
	// spoil changes the answer; r is what was asked.
	spoil func(out *reply, r *http.Request)
	// keeps tells that spoil changes what the request was served with, rather than replacing it.
	keeps bool
	// concerns is set where only some requests are spoiled so.
	concerns func(r *http.Request) bool
	// ask is set where something else is served than was asked for.
	ask func(r *http.Request) *http.Request
}

// spoilers are the values of [Fault.Body], which describes them. All are chosen: a page, an empty and
// a cut body are what proxies do, the rest is what a server or a gateway does that is half broken.
var spoilers = map[string]spoiler{
	"json":        replaced(faultBody),
	"object":      replaced(`{}`),
	"brace":       replaced(`{`),
	"null":        replaced(`null`),
	"array":       replaced(`[]`),
	"maintenance": replaced(`{"status":"maintenance","message":"The service is being maintained. Try again later."}`),
	"foreign":     {spoil: foreignError},
	"html":        {spoil: proxyPage},
	"empty":       {spoil: emptied},

	"served":    {spoil: func(*reply, *http.Request) {}, keeps: true},
	"truncated": {spoil: halved, keeps: true},
	"other":     {spoil: inRecord(beAnother).spoil, keeps: true, concerns: isPrecise},
	"noid":      inRecord(func(record object) { delete(record, "id") }),
	"noname": inRecord(func(record object) {
		delete(record, "userName")
		delete(record, "displayName")
	}),
	"noextension": inRecord(func(record object) { delete(record, workspaceURN) }),
	"oddid":       inRecord(func(record object) { record["id"] = "%2e%2e" }),
	"oddid-line":  inRecord(func(record object) { record["id"] = "one\r\ntwo" }),
	"oddid-long":  inRecord(func(record object) { record["id"] = strings.Repeat("x", 300) }),

	"no-total":     inList(func(page object) { delete(page, "totalResults") }),
	"no-resources": inList(func(page object) { delete(page, "Resources") }),
	"short":        inList(loseLast),
	"empty-page":   inList(func(page object) { show(page, []any{}) }),
	"shrinks":      {spoil: shrink, keeps: true, concerns: isLaterPage},
	"missing-page": {spoil: pretendPage, keeps: true, concerns: isList, ask: nextPage},
}

func spoilerNames() string {
	return strings.Join(slices.Sorted(maps.Keys(spoilers)), ", ")
}

// faultBody is the error that a fault answers with, in the form of Access.
const faultBody = `{"errors":[{"code":"emulated.fault","message":"The request failed","parameters":null}]}`

// replaced answers with another text, which is called JSON.
func replaced(text string) spoiler {
	return spoiler{spoil: func(out *reply, _ *http.Request) { out.says(text, typeJSON) }}
}

func (p *reply) says(text, contentType string) {
	p.body = *bytes.NewBufferString(text)
	p.header.Set("Content-Type", contentType)
}

// proxyPage answers as something between client and Access does.
func proxyPage(out *reply, _ *http.Request) {
	const page = "<html><head><title>%[1]d %[2]s</title></head>" +
		"<body><center><h1>%[1]d %[2]s</h1></center></body></html>\n"
	out.says(fmt.Sprintf(page, out.status, http.StatusText(out.status)), "text/html")
}

// foreignError answers with the error attributes of Spring Boot's reference documentation, which many
// gateways and services have.
func foreignError(out *reply, r *http.Request) {
	out.says(string(encode(object{
		"timestamp": time.Now().UTC().Format(stamp), "status": out.status,
		"error": http.StatusText(out.status), "path": r.URL.Path,
	})), typeJSON)
}

func emptied(out *reply, _ *http.Request) {
	out.body.Reset()
	out.header.Del("Content-Type")
}

func halved(out *reply, _ *http.Request) {
	out.half = true
	out.cut = out.body.Len() == 0 // there is no half of nothing
}

// stranger is a record that nobody asked for, and that the tenant does not hold.
func stranger() object {
	return object{
		"schemas": []string{coreURN}, "id": "0ddba11e-0000-4000-8000-000000000000",
		"userName": "somebody.else@stranger.example", "displayName": "Somebody Else",
	}
}

// edit changes the object that the answer holds, or a stranger where it holds none.
func (p *reply) edit(change func(object)) {
	body, err := readObject(bytes.NewReader(p.body.Bytes()))
	if err != nil {
		body = stranger()
	}
	change(body)
	p.says(string(encode(body)), typeJSON)
}

// inRecord changes a record, or the first of a list.
func inRecord(change func(record object)) spoiler {
	return spoiler{keeps: true, spoil: func(out *reply, _ *http.Request) {
		out.edit(func(body object) {
			shown, isList := body["Resources"].([]any)
			switch {
			case !isList:
				change(body)
			case len(shown) > 0:
				change(shown[0].(object))
			}
		})
	}}
}

// isPrecise reports whether the request names what it wants. A list of all is left alone: nobody can
// see that it shows another record.
func isPrecise(r *http.Request) bool { return !isList(r) || r.URL.Query().Get("filter") != "" }

// beAnother gives a record the id and the names of a stranger.
func beAnother(record object) {
	for name, value := range stranger() {
		if _, has := record[name]; has && name != "schemas" {
			record[name] = value
		}
	}
}
