package scim

import (
	"context"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/provision"
	"ws1bridge/scim/query"
	"ws1bridge/scim/schema"
)

// list answers a query of one type of resources, or of both at once (RFC 7644
// section 3.4.2.1): users, then groups. Attributes that a type does not have
// count there as without a value.
func (h *Handler) list(ctx context.Context, c *call) (answer, error) {
	collections := make([]query.Collection, len(c.on))
	for i, t := range c.on {
		collections[i] = collection{t, c.base}
	}
	page, err := h.queries.Run(ctx, c.search, collections...)
	if err != nil {
		return answer{}, err
	}
	return listOf(page), nil
}

// collection is all resources of a type as callers see them.
type collection struct {
	*resourceType
	base string
}

// Operand finds an attribute of the resources.
func (c collection) Operand(path filter.Attribute) (schema.Operand, error) {
	return c.Index.Operand(path)
}

// List gives a part of all resources.
func (c collection) List(ctx context.Context, start, count int, s query.Search) ([]schema.Resource, int, error) {
	page, total, err := c.store.List(ctx, start, count, s.Uses)
	return c.linkedAll(page), total, err
}

// Find asks Access for the resources that satisfy a comparison with a text.
func (c collection) Find(
	ctx context.Context, comparison filter.Comparison, s query.Search,
) (_ []schema.Resource, ok bool, _ error) {
	value, isText := schema.Text(comparison.Value)
	if !isText {
		return nil, false, nil
	}
	l := provision.Lookup{Attribute: c.Index.Spell(comparison.Attribute), Operator: comparison.Operator, Value: value}
	found, ok, err := c.store.Find(ctx, l, s.Uses)
	return c.linkedAll(found), ok, err
}

func (c collection) linkedAll(records []provision.Record) []schema.Resource {
	out := make([]schema.Resource, len(records))
	for i, record := range records {
		out[i], _ = c.linked(record, c.base)
	}
	return out
}
