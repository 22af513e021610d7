//go:build full

package native

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
	"github.com/factordesk/factordesk/app/servertest"
)

// chaosFor is how long the consoles work; FACTORDESK_CHAOS is another time, such
// as 10m.
const chaosFor = 45 * time.Second

// consoles is how many there are, and shared how many users all of them work on.
const consoles, shared = 8, 4

// chaosConsole is what a console, which is a process of its own, is told.
type chaosConsole struct {
	Host, Database, Username, Password string
	Port                               int
	Name, Diary                        string // of the console, and the file where it notes what it was told
	Shared                             []app.UserID
}

// entry is a line of a diary: a deed that begins, and then what came of it.
type entry struct {
	Deed    string // which the event has as its reason
	Outcome string // "" it begins; done, refused, not, unknown
	Words   string
}

// TestChaos lets consoles work on one store while its server is restarted and
// falls over, connections are cut, and consoles are killed. Afterwards each deed
// that a console was told to be done is there exactly once, each that it was told
// not to be done is not, and every change has its event.
func TestChaos(t *testing.T) {
	if told := os.Getenv("FACTORDESK_TEST_CONSOLE"); told != "" {
		var c chaosConsole
		require.NoError(t, json.Unmarshal([]byte(told), &c))
		c.work(t)
		return
	}
	long := chaosFor
	if text := os.Getenv("FACTORDESK_CHAOS"); text != "" {
		var err error
		long, err = time.ParseDuration(text)
		require.NoError(t, err)
	}
	server := servertest.PostgreSQL(t, servertest.Durable)
	d := server.Database(t)
	s, p := newServerStore(t, d)
	wire := servertest.NewRelay(t, "tcp", server.Address())
	told := chaosConsole{Host: "127.0.0.1", Port: wire.Port(), Database: p.Database, Username: p.Username, Password: d.Password}
	for i := range shared {
		told.Shared = append(told.Shared, add(t, s, fmt.Sprint("shared", i), "", app.Secret{}).ID)
	}
	folder := t.TempDir()
	children := make([]*exec.Cmd, consoles)
	start := func(i int) {
		c := told
		c.Name = fmt.Sprintf("console%d-%d", i, time.Now().UnixNano())
		c.Diary = filepath.Join(folder, c.Name)
		children[i] = c.start(t)
	}
	for i := range children {
		start(i)
	}
	t.Cleanup(func() {
		for _, c := range children {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	})
	disturb(t, server, wire, long, func(i int) {
		require.NoError(t, children[i].Process.Kill())
		_ = children[i].Wait()
		start(i)
	})
	for _, c := range children {
		require.NoError(t, c.Process.Kill())
		_ = c.Wait()
	}
	server.Start(t)
	checkChaos(t, s, readDiaries(t, folder), told.Shared)
}

func (c chaosConsole) start(t *testing.T) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(c)
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.Command(self, "-test.run=^TestChaos$")
	child.Env = append(os.Environ(), "FACTORDESK_TEST_CONSOLE="+string(text))
	require.NoError(t, child.Start())
	return child
}

// disturb makes trouble for a while: a cut every second or so, a console killed
// every twentieth part of the time, and the server every tenth, politely and not
// so in turn.
func disturb(t *testing.T, server *servertest.Server, wire *servertest.Relay, long time.Duration, kill func(i int)) {
	t.Helper()
	end := time.Now().Add(long)
	nextKill, nextRestart := time.Now().Add(long/20), time.Now().Add(long/10)
	restarts := 0
	for time.Now().Before(end) {
		time.Sleep(time.Duration(200+rand.IntN(1500)) * time.Millisecond)
		switch at := time.Now(); {
		case at.After(nextRestart):
			nextRestart = at.Add(long / 10)
			if restarts++; restarts%2 == 0 {
				server.Restart(t)
			} else {
				server.Kill(t)
				time.Sleep(500 * time.Millisecond)
				server.Start(t)
			}
		case at.After(nextKill):
			nextKill = at.Add(long / 20)
			kill(rand.IntN(consoles))
		case rand.IntN(2) == 0:
			wire.CutAfter("COMMIT\x00")
		default:
			wire.Cut()
		}
	}
	require.Greater(t, restarts, 5)
}

// work does deeds until the process is killed.
func (c chaosConsole) work(t *testing.T) {
	ctx := context.Background()
	diary, err := os.OpenFile(c.Diary, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	note := func(e entry) {
		text, err := json.Marshal(e)
		require.NoError(t, err)
		_, err = diary.Write(append(text, '\n'))
		require.NoError(t, err)
	}
	var s *Store
	for s == nil {
		s, err = OpenServer(ctx, Server{
			Host: c.Host, Port: c.Port, Database: c.Database, Username: c.Username, Password: app.NewSecret(c.Password),
		}, Options{Cost: cheapCost})
		if err == nil {
			var a app.Attempt
			a, err = s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: testPassword, At: time.Now()})
			require.True(t, err != nil || a.Accepted(), a.Reason)
		}
		if err != nil {
			s = nil
			time.Sleep(100 * time.Millisecond)
		}
	}
	for n := 0; ; n++ {
		deed := fmt.Sprintf("%s/%d", c.Name, n)
		note(entry{Deed: deed})
		err := c.deed(ctx, s, n, deed)
		e := entry{Deed: deed, Outcome: "done"}
		if err != nil {
			e.Words = err.Error()
			switch {
			case strings.HasPrefix(e.Words, "It is not known"):
				e.Outcome = "unknown"
			case app.KindOf(err) == app.Conflict || app.KindOf(err) == app.NotFound:
				e.Outcome = "refused"
			default:
				e.Outcome = "not"
				time.Sleep(50 * time.Millisecond)
			}
		}
		note(e)
	}
}

// deed does the n-th deed of a console. Some are on users that others work on as
// well, some on the console's own.
func (c chaosConsole) deed(ctx context.Context, s *Store, n int, reason string) error {
	id := c.Shared[rand.IntN(shared)]
	e := app.Event{Console: c.Name, OperatorID: "1", Operator: "olive", TargetID: id, Target: string(id), Reason: reason, Action: app.DoSaveUser}
	own := "own " + c.Name + " " + strconv.Itoa(n/3)
	switch n % 3 {
	case 0:
		_, err := s.AddUser(ctx, app.NewUser{Username: own, Email: "own@example.com", Active: true}, e)
		return err
	case 1:
		if rand.IntN(3) == 0 {
			return s.Reset(ctx, app.FactorReset{User: id, Provider: app.Google}, e)
		}
		return s.PutFactor(ctx, app.NewFactor{User: id, At: time.Now(), Factor: testFactor(testKey), Replace: true}, e)
	}
	u, err := s.User(ctx, id)
	if err != nil {
		return err
	}
	_, err = s.SaveUser(ctx, app.UserChange{ID: id, Version: u.Version, Username: u.Username, Email: u.Email, LastName: reason, Active: true}, e)
	return err
}

// readDiaries returns what consoles were told of each deed. What a killed console
// had begun has no outcome.
func readDiaries(t *testing.T, folder string) map[string]entry {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "console*"))
	require.NoError(t, err)
	all := map[string]entry{}
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var e entry
			if json.Unmarshal(lines.Bytes(), &e) == nil { // the last line may be cut short
				all[e.Deed] = e
			}
		}
		require.NoError(t, f.Close())
	}
	return all
}

func checkChaos(t *testing.T, s *Store, diaries map[string]entry, ids []app.UserID) {
	t.Helper()
	ctx := context.Background()
	r, err := s.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
	requireCounts(t, s)
	events, added, changes := map[string]int{}, map[string]bool{}, map[app.UserID]int64{}
	rows, err := s.read.db.Query("SELECT form FROM events ORDER BY seq")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var form []byte
		require.NoError(t, rows.Scan(&form))
		e, err := audit.Decode(form)
		require.NoError(t, err)
		events[e.Reason]++
		changes[e.TargetID]++
		if strings.HasPrefix(e.Target, "own ") {
			added[e.Target] = true
		}
	}
	require.NoError(t, rows.Err())
	outcomes := map[string]int{}
	for deed, e := range diaries {
		outcomes[e.Outcome]++
		switch e.Outcome {
		case "done":
			require.Equal(t, 1, events[deed], "%s was done", deed)
		case "not", "refused":
			require.Zero(t, events[deed], "%s: %s", deed, e.Words)
		default:
			require.LessOrEqual(t, events[deed], 1, deed)
		}
	}
	t.Logf("%d events; %v", r.Events, outcomes)
	require.Greater(t, outcomes["done"], 200)
	for deed := range events {
		if strings.HasPrefix(deed, "console") {
			require.Contains(t, diaries, deed, "an event of nobody")
		}
	}
	// A shared user's version moves with each change, and with nothing else: one
	// is its beginning, and its event the first.
	for _, id := range ids {
		u, err := s.User(ctx, id)
		require.NoError(t, err)
		require.Equal(t, changes[id], u.Version)
	}
	users, _ := everyone(t, s, app.Query{Limit: 1000})
	for _, u := range users {
		if strings.HasPrefix(u.Username, "own ") {
			require.True(t, added[u.Username], u.Username)
			delete(added, u.Username)
		}
	}
	require.Empty(t, added)
}
