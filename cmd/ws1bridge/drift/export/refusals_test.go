package export

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/unicode"

	"ws1bridge/upstream/names"
)

func TestReadRefuses(t *testing.T) {
	const noColumns = "line 1 names no column that is known: it must name columns, userName at least, such as " +
		"userName,status,department"
	const empty = "the file is empty: its first line must name columns, userName at least"
	const noCSV = " is no CSV: quote cells that have quotes in them, and double these"
	const otherCells = " has another number of cells than the first line: quote cells that have the separator in them"
	for name, tt := range map[string]struct{ in, want string }{
		"an empty file":             {"", empty},
		"an empty file with a mark": {"\xef\xbb\xbf\r\n \r\n", empty},
		"a first line, and no other": {"userName,title\n", "no line is below the first, which would leave nobody assigned: " +
			"export the app's users again"},
		"a first line, and empty ones": {"userName,title\n,\n,\n", "no line is below the first, which would leave nobody " +
			"assigned: export the app's users again"},
		"no first line":     {"secret@acme.com,Secret\n", noColumns},
		"another separator": {"userName:title\nsecret:Secret\n", noColumns},
		"no userName": {"title,Department,x\nSecret,a,b\n", "line 1 names no column userName: there are title, Department, " +
			"x; call the column userName that has what the app's users are called"},
		"two columns of the userName": {"Okta username,App username\nsecret,b\n",
			"line 1: the columns Okta username and App username are both userName: remove one of them"},
		"two columns of one attribute": {"userName,email,emails\nsecret,b,c\n",
			"line 1: the columns email and emails are both emails.^[primary==true].value: remove one of them"},
		"too few cells":             {"userName,title\na,b\nsecret\n", "line 3" + otherCells},
		"too many cells":            {"userName;title\r\na;b\r\nsecret;c;d\r\n", "line 3" + otherCells},
		"a quote in a cell":         {"userName,title\na,b\nsecret,x\"y\"\n", "line 3" + noCSV},
		"a quote that does not end": {"userName,title\na,\"secret\nb,c\n", "line 2" + noCSV},
		"an empty userName": {"userName,title\na,b\n ,secret\n", "line 3, column userName: it is empty: every person " +
			"has a userName"},
		"a userName twice": {"Login,title\nsecret,\nb,\nSECRET ,\n",
			"line 4, column Login: the userName of line 2 again: leave one line for each person"},
		"a userName twice, with other ids": {"Login,id\nsecret,1\nsecret,2\n",
			"line 3, column Login: the userName of line 2 again: leave one line for each person"},
		"an id twice": {"Okta ID,Login\nsecret,a\n,b\nsecret,c\n",
			"line 4, column Okta ID: the id of line 2 again: leave one line for each person"},
		"an id that is what somebody else is called by": {"id,Login\n,a\nuserName:a,b\n",
			"line 3, column id: the id of line 2 again: leave one line for each person"},
		"an unknown status": {"userName,status\na,ACTIVE\nb,secret\n", "line 3, column status: the status is not known: " +
			"want " + knownStatuses + ", or what Okta's console calls it"},
		"neither true nor false": {"userName,remote\na,secret\n", "line 2, column remote: want true or false"},
		"a line after lines within a cell": {"title,userName,remote\n\"a\nb\",a,true\n\"c\nd\",b,secret\n",
			"line 5, column remote: want true or false"},
		"a workbook":   {"PK\x03\x04\x14\x00\x06\x00", "the file is a workbook or an archive: save it as \"CSV UTF-8\""},
		"no text":      {"userName\nsecret\x00\n", "line 2 is not text: save it as \"CSV UTF-8\""},
		"another code": {"userName\na\nsecr\xe9t\n", "line 3 is not in UTF-8: save it as \"CSV UTF-8\""},
		"half a letter": {utf16(t, unicode.LittleEndian, "userName\nsecret\n") + "x",
			"line 3 is not in UTF-16: save it as \"CSV UTF-8\""},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(strings.NewReader(tt.in), kept(t))
			if f != nil || err == nil || err.Error() != tt.want {
				t.Errorf("got %v and the error\n%v, want\n%s", f, err, tt.want)
			}
		})
	}
}

// endless is a file that does not end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestReadIsBounded(t *testing.T) {
	const large = "the file is larger than 64 MB: leave out columns that are not to be compared"
	if _, err := Read(endless{}, nil); err == nil || err.Error() != large {
		t.Errorf("got %v, want %s", err, large)
	}
	broken := errors.New("the disk is gone")
	if _, err := Read(iotest.ErrReader(broken), nil); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	if testing.Short() {
		t.Skip("half a million people")
	}
	rows := func(n int) io.Reader {
		text := []byte("userName\n")
		for i := range n {
			text = fmt.Appendln(text, i)
		}
		return bytes.NewReader(text)
	}
	if f, err := Read(rows(maxRows), nil); err != nil || len(f.people) != maxRows {
		t.Errorf("got %v", err)
	}
	const many = "the file has more than 500000 people: compare by Okta's management API (okta.org_url)"
	if _, err := Read(rows(maxRows+1), nil); err == nil || err.Error() != many {
		t.Errorf("got %v, want %s", err, many)
	}
}

// FuzzRead reads any file, or says why not; nobody in it is without a name, or there twice.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"userName,title\nada,x\n",
		"\xef\xbb\xbflogin;mobilePhone;groups;status\r\nada;1;\"a;b\";Active\r\n",
		"User Name\tid\temails.^[primary==true].value\nada\t1\t\nzoe\t\t\"a\nb\"\n",
		utf16(f, unicode.LittleEndian, "userName,link\nada,1\n"),
		utf16(f, unicode.BigEndian, "userName,emails[primary eq true].value,x\nada,1,\n"),
	} {
		f.Add([]byte(seed))
	}
	attributes := kept(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		file, err := Read(bytes.NewReader(in), attributes)
		if (err == nil) != (file != nil) {
			t.Fatalf("got %v, and the error %v", file, err)
		}
		if err != nil {
			return
		}
		userNames, ids := map[string]bool{}, map[string]bool{}
		for _, u := range file.people {
			name := names.Fold(u.Credentials.UserName)
			if name == "" || userNames[name] || u.ID != "" && ids[u.ID] || u.Profile == nil {
				t.Errorf("got %+v", u)
			}
			userNames[name], ids[u.ID] = true, true
			if found, err := file.User(t.Context(), u.Key()); err != nil || found.Credentials != u.Credentials {
				t.Errorf("by the key of %+v: %+v, %v", u, found, err)
			}
			for property := range u.Profile {
				if _, ok := file.properties[property]; !ok {
					t.Errorf("%s is of no column", property)
				}
			}
		}
		if len(file.people) == 0 {
			t.Error("nobody is read")
		}
		for _, g := range file.groups {
			for _, key := range file.members[g.SourceGroupID] {
				if _, err := file.User(t.Context(), key); err != nil {
					t.Errorf("a member of %q: %v", g.SourceGroupID, err)
				}
			}
		}
	})
}
