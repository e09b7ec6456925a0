package scim

import (
	jsonv2 "github.com/go-json-experiment/json"

	"ws1bridge/scim/patch"
	"ws1bridge/scim/query"
	"ws1bridge/scim/schema"
)

// call is one request in plain values, wherever it comes from: from HTTP, or out
// of a bulk request.
type call struct {
	operation
	dialect    *dialect
	id         string // of the resource, "" where the path has none
	base       string // URL of the endpoint as the caller knows it, for links
	versions   versions
	search     query.Search     // of a query
	projection query.Projection // of what one resource is answered with
	resource   schema.Resource  // of a POST or PUT
	changes    []patch.Operation
	bulk       bulkRequest
	log        *entry
}

// as makes it a call of the operation.
func (c *call) as(o operation) {
	c.operation, c.log.op, c.log.path = o, o.name, o.path
}

// one is the type of the resource that the call is about.
func (c *call) one() *resourceType { return c.on[0] }

// The readers of query strings.

func readSearchQuery(c *call, raw string) error {
	asked, err := query.Parse(raw)
	if err != nil {
		return err
	}
	return c.readSearch(c.dialect.asModern(asked))
}

func readProjection(c *call, raw string) error {
	asked, err := query.Parse(raw)
	if err != nil {
		return err
	}
	c.projection, err = c.dialect.asModern(asked).Project(c.one().Index.URN)
	return err
}

// The readers of bodies.

func readSearchBody(c *call, body []byte) error {
	asked, err := decode[query.Request](body)
	if err != nil {
		return err
	}
	return c.readSearch(c.dialect.asModern(asked))
}

// readSearch reads a query of one type of resources, or of all together.
func (c *call) readSearch(asked query.Request) (err error) {
	var scope schema.Several
	var urns []string
	for _, t := range c.on {
		scope, urns = append(scope, t.Index), append(urns, t.Index.URN)
	}
	c.search, err = asked.Understand(scope, urns...)
	return err
}

// readResource reads a resource and gives its attributes the names that the
// schemas spell. It drops what must not go further: passwords, and what nobody
// knows, which is named in the log once.
func (h *Handler) readResource(c *call, body []byte) error {
	raw, err := readObject(body)
	if err != nil {
		return err
	}
	h.noteAttributes(c.log, raw)
	if c.dialect.resource != nil {
		raw = c.dialect.resource(h, c, raw)
	}
	id, _ := raw["id"].(string)
	resource, unknown := c.one().Index.Canonical(raw)
	if c.id != "" && id != "" && id != c.id {
		unknown = append(unknown, "id") // read-only (RFC 7643 section 3.1)
	}
	h.noteDropped(c.log, unknown)
	c.resource = resource
	return nil
}

// readChanges reads a PATCH in the form of the dialect.
func (h *Handler) readChanges(c *call, body []byte) error { return c.dialect.patch(h, c, body) }

func (h *Handler) readPatch(c *call, body []byte) error {
	request, err := decode[patch.Request](body)
	if err != nil {
		return err
	}
	changes, unknown, err := request.Read(c.one().Index, c.id)
	h.noteDropped(c.log, unknown)
	c.changes = changes
	return err
}

func readBulk(c *call, body []byte) (err error) {
	if c.bulk, err = decode[bulkRequest](body); err != nil {
		return err
	}
	return c.bulk.check()
}

// decode reads the JSON object in a body.
func decode[T any](body []byte) (out T, _ error) {
	if err := checkObject(body); err != nil {
		return out, err
	}
	if err := jsonv2.Unmarshal(body, &out, jsonv2.MatchCaseInsensitiveNames(true), schema.KeepDigits); err != nil {
		return out, wrongForm(err)
	}
	return out, nil
}
