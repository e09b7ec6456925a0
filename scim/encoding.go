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
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// encode is the JSON of a body. It is good until done is called.
func encode(body any) (encoded []byte, done func(), _ error) {
	buffer := buffers.Get().(*[]byte)
	encoded, err := jsonvalue.Append((*buffer)[:0], body)
	return encoded, func() {
		if cap(encoded) <= maxKept {
			*buffer = encoded
			buffers.Put(buffer)
		}
	}, err
}

// encoders compress answers. Each takes some 600 KB.
var encoders = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // a level that exists
	return z
}}

func compressed(plain []byte) []byte {
	b := bytes.NewBuffer(make([]byte, 0, len(plain)/4))
	z := encoders.Get().(*gzip.Writer)
	defer encoders.Put(z)
	z.Reset(b)
	_, _ = z.Write(plain) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
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
