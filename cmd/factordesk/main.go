// Command factordesk is the window of Factordesk, the help desk for second
// factors. Everything that it can do to a store, factorctl can do as well.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/assets"
	"github.com/factordesk/factordesk/screens"
	"github.com/factordesk/factordesk/screens/kit"
)

// What FyneApp.toml says as well; a test compares them.
const (
	appID   = "io.github.factordesk.factordesk"
	appName = "Factordesk"
	build   = 1
)

func main() {
	store := flag.String("store", "", "open this saved store, or this file, first")
	version := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *version {
		fmt.Println(appName, connect.Version)
		return
	}
	if flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "factordesk: it takes no arguments. Use --store STORE to open one.")
		os.Exit(2)
	}
	run(*store)
}

// run shows the window until it is closed.
func run(store string) {
	// Five collections of a few megabytes, all before anything is seen, were a
	// quarter of the start. The heap is 30 MiB when the first content is there.
	usual := debug.SetGCPercent(-1)
	icon := fyne.NewStaticResource("factordesk.png", assets.IconPNG)
	app.SetMetadata(fyne.AppMetadata{
		ID: appID, Name: appName, Version: connect.Version, Build: build,
		Icon: icon, Migrations: map[string]bool{"fyneDo": true},
	})
	a := app.NewWithID(appID)
	a.SetIcon(icon)
	b := newBackend()
	defer b.close()
	values, err := b.Settings()
	if err != nil {
		b.Log(err)
	}
	w := a.NewWindow(appName)
	w.SetMaster()
	shell := screens.New(w, b, values, kit.Options{})
	w.Resize(fyne.NewSize(1280, 820))
	w.CenterOnScreen()
	w.SetCloseIntercept(func() { shell.Leave(w.Close) })
	a.Lifecycle().SetOnExitedForeground(shell.Away)
	a.Lifecycle().SetOnEnteredForeground(shell.Back)
	a.Lifecycle().SetOnStarted(func() { // the first content is drawn
		debug.SetGCPercent(usual)
		time.AfterFunc(time.Second, debug.FreeOSMemory)
	})
	// Quit, a signal and the last window's end come here, whatever the way.
	a.Lifecycle().SetOnStopped(shell.Quit)
	stopOnSignal(a)
	shell.Start(store)
	w.ShowAndRun()
}

// stopOnSignal ends the program in order when it is told to.
func stopOnSignal(a fyne.App) {
	told := make(chan os.Signal, 1)
	signal.Notify(told, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-told
		fyne.Do(a.Quit)
	}()
}
