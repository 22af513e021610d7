package main

import (
	"context"
)

// run starts the window with the arguments given. On a machine without a display it performs the
// main job in a virtual one instead, on sample data, and says where the pictures are.
func run(ctx context.Context, j job, args []string) error {
	if !hasDisplay() {
		return runUnseen(ctx, j, args)
	}
	f := flags("run")
	store := f.String("store", "", "the store to open")
	if err := none(f, args); err != nil {
		return err
	}
	if err := j.setup(ctx, forBuild); err != nil {
		return err
	}
	program := j.build("factordesk")
	j.say("Building the window. The first time takes some minutes, because the graphics library is compiled.")
	if err := j.do(ctx, []string{"CGO_ENABLED=1"}, "go", "build", "-tags", fyneTag, "-o", program, "./cmd/factordesk"); err != nil {
		return err
	}
	var words []string
	if *store != "" {
		words = []string{"--store", *store}
	}
	return j.do(ctx, nil, program, words...)
}

// runUnseen performs the main job in a window that nobody sees, and photographs it.
func runUnseen(ctx context.Context, j job, args []string) error {
	if len(args) > 0 {
		return usageError("there is no display here (DISPLAY and WAYLAND_DISPLAY are empty), so no store can be opened in a window")
	}
	j.say("There is no display here. The main job is done in a virtual one, on sample data, and photographed:")
	j.say("make a store, add a user, enroll, confirm with a code, reset.")
	if err := j.setup(ctx, forBuild, forDisplay, forPhone); err != nil {
		return err
	}
	folder := j.build("pictures", "run")
	var t tally
	if err := j.stories(ctx, &t, folder, ownStory); err != nil {
		return err
	}
	if err := t.verdict(); err != nil {
		return err
	}
	return j.showPictures(folder)
}
