package magento

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"
)

// version is what is known of the shop's module Magento_TwoFactorAuth. The
// database need not say: then it is told from what the module has left behind.
type version struct {
	text       string // as the shop says it: "1.1.5"; empty: not known
	generation generation
	patched    bool // the patch UpdateOtpWindow of 1.1.6-p1 has run here
}

// generation is how a version of the module reads the tolerance of its codes.
type generation int

// The generations. Their order is that of the releases.
const (
	unknownGeneration generation = iota
	countsSteps                  // up to 1.1.5, Magento 2.4.0 to 2.4.6: otp_window in time steps
	countsSeconds                // 1.1.6, Magento 2.4.7: otp_window in seconds
	hasLeeway                    // from 1.1.7 on, Magento 2.4.8 and Mage-OS: leeway in seconds
)

// period is the length of a time step of Magento's codes; it has no other.
const period = 30 * time.Second

// usualTolerance is the setting that a version comes with.
func (v version) usualTolerance() int {
	switch {
	case v.generation == countsSteps && v.text == "1.0.0":
		return 30
	case v.generation == countsSteps, v.generation == countsSeconds && !v.patched:
		return 1
	}
	return 29
}

// tolerancePath is the setting that a version reads.
func (v version) tolerancePath() string {
	if v.generation == hasLeeway {
		return leewayPath
	}
	return windowPath
}

// tolerance returns the setting that counts: what is set, or what the version
// comes with.
func (v version) tolerance(s settings) int {
	if path := v.tolerancePath(); s.set(path) {
		return s.number(path)
	}
	return v.usualTolerance()
}

// magento returns the release that the module came with, as far as it is known.
// Source: the tags of magento/security-package.
func (v version) magento() string {
	base, _, _ := strings.Cut(v.text, "-")
	release, known := releases[base]
	switch {
	case known && (v.generation != hasLeeway || base >= "1.1.7"):
		return release
	case v.generation == hasLeeway:
		return "2.4.8 or newer"
	case v.generation == countsSeconds:
		return "2.4.7 or newer"
	}
	return "2.4"
}

// releases are those of Magento, by the version of the module that came with
// each. Mage-OS counts the module's versions anew.
var releases = map[string]string{
	"1.0.0": "2.4.0", "1.1.0": "2.4.1", "1.1.1": "2.4.2", "1.1.2": "2.4.3", "1.1.3": "2.4.4", "1.1.4": "2.4.5", "1.1.5": "2.4.6",
	"1.1.6": "2.4.7", "1.1.7": "2.4.8", "1.1.8": "2.4.9",
}

// moduleVersion finds out the version of the module.
func (l *Link) moduleVersion(ctx context.Context, s *shop) (version, error) {
	var v version
	if s.has(moduleTable) {
		var schema, data sql.NullString
		err := l.base.row(ctx, "SELECT schema_version, data_version FROM {setup_module} WHERE module = 'Magento_TwoFactorAuth'").Scan(&schema, &data)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return v, err
		}
		v.text = schema.String
		if v.text == "" {
			v.text = data.String
		}
	}
	if s.has(patchTable) {
		err := l.base.row(ctx, "SELECT COUNT(*) > 0 FROM {patch_list}"+
			` WHERE patch_name LIKE '%TwoFactorAuth%Patch%UpdateOtpWindow'`).Scan(&v.patched)
		if err != nil {
			return v, err
		}
	}
	v.generation = generationOf(v, s.settings)
	return v, nil
}

// generationOf tells the generation by the version, and by what only later
// ones leave behind. Mage-OS counts its versions anew, from 1.1.0 of its own,
// but has had a leeway from the start.
func generationOf(v version, s settings) generation {
	numbers := numbersOf(v.text)
	switch {
	case s.set(leewayPath) || s.set(duoClientPath):
		return hasLeeway
	case numbers == nil && v.patched:
		return countsSeconds // or later: with 29 seconds, as both come with, that is the same
	case numbers == nil:
		return unknownGeneration
	case numbers[0] > 1 || numbers[1] > 1 || numbers[2] > 6:
		return hasLeeway
	case numbers[2] == 6 || v.patched:
		return countsSeconds
	}
	return countsSteps
}

// numbersOf reads a version like "1.1.6-p3"; nil for what is none.
func numbersOf(text string) []int {
	base, _, _ := strings.Cut(text, "-")
	parts := strings.Split(base, ".")
	if len(parts) != 3 {
		return nil
	}
	numbers := make([]int, len(parts))
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 {
			return nil
		}
		numbers[i] = n
	}
	return numbers
}
