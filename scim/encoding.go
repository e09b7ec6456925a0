package scim

import (
	"bytes"
	"compress/gzip"
	"mime"
	"strconv"
	"strings"
	"sync"

	"ws1bridge/scim/query"
	"ws1bridge/upstream/jsonvalue"
)

const (
	// gzipFrom is the size in bytes from which an answer is worth compressing.
	gzipFrom = 16 << 10
	// maxKept is the size in bytes of the largest buffer that is used again.
	maxKept = 1 << 20
)

// buffers are those in which answers are written.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// encoders compress answers. Each takes some 600 KB.
var encoders = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // a level that exists
	return z
}}

func takeBuffer() *bytes.Buffer {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	return b
}

func giveBuffer(b *bytes.Buffer) {
	if b.Cap() <= maxKept {
		buffers.Put(b)
	}
}

// encode writes the JSON of a body into b.
func encode(b *bytes.Buffer, body any) error {
	out, err := jsonvalue.Append(b.AvailableBuffer(), body)
	_, _ = b.Write(out)
	return err
}

// compress writes the compressed form of plain into b.
func compress(b *bytes.Buffer, plain []byte) {
	z := encoders.Get().(*gzip.Writer)
	defer encoders.Put(z)
	z.Reset(b)
	_, _ = z.Write(plain) // a buffer takes everything
	_ = z.Close()
}

// acceptsGzip reads Accept-Encoding (RFC 9110 section 12.5.3).
func acceptsGzip(acceptEncoding string) bool {
	for item := range strings.SplitSeq(acceptEncoding, ",") {
		coding, parameters, err := mime.ParseMediaType(item)
		if err == nil && (coding == "gzip" || coding == "*") {
			weight, err := strconv.ParseFloat(parameters["q"], 64)
			return err != nil || weight > 0
		}
	}
	return false
}

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// listResponse is a page of resources (RFC 7644 section 3.4.2).
type listResponse query.Page

// AppendJSON writes counts as JSON integers: Okta stops without a word at numbers in
// strings.
func (l listResponse) AppendJSON(b []byte) ([]byte, error) {
	b = append(b, `{"schemas":["`+listSchema+`"],"totalResults":`...)
	b = append(strconv.AppendInt(b, int64(l.Total), 10), `,"startIndex":`...)
	b = append(strconv.AppendInt(b, int64(l.StartIndex), 10), `,"itemsPerPage":`...)
	b = append(strconv.AppendInt(b, int64(len(l.Resources)), 10), `,"Resources":`...)
	b, err := jsonvalue.Append(b, l.Resources)
	return append(b, '}'), err
}
