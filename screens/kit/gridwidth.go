package kit

// columnsFor gives each column its place in a width: columns hide in their order
// until the rest fits, then tight ones shrink, and what is left over is shared.
func (g *gridView) columnsFor(width float32) {
	room := width - scrollGutter
	if !g.noTicks {
		room -= tickColumn
	} else {
		room -= cellRoom
	}
	scale := textScale()
	var total, grow float32
	for i := range g.columns {
		c := &g.columns[i]
		c.hidden, c.width = false, round(c.least*scale)
		total += c.width
	}
	for order := 1; total > room && order <= len(g.columns); order++ {
		for i := range g.columns {
			if c := &g.columns[i]; c.drop == order {
				c.hidden = true
				total -= c.width
			}
		}
	}
	total -= g.hideLate(total - room)
	for i := range g.columns {
		c := &g.columns[i]
		if c.hidden {
			continue
		}
		grow += c.grow
		if spare := c.width - round(c.tight*scale); total > room && c.tight > 0 {
			cut := min(spare, total-room)
			c.width -= cut
			total -= cut
		}
	}
	x := tickColumn
	if g.noTicks {
		x = cellRoom
	}
	spare := max(room-total, 0)
	for i := range g.columns {
		c := &g.columns[i]
		if c.hidden {
			continue
		}
		if grow > 0 {
			c.width = round(c.width + spare*c.grow/grow)
		}
		c.x = x
		x += c.width
	}
}

// hideLate hides the late columns where shrinking the tight ones would not make
// up for what is missing, and tells how much room that gives.
func (g *gridView) hideLate(missing float32) float32 {
	for _, c := range g.columns {
		if !c.hidden && c.tight > 0 {
			missing -= c.width - round(c.tight*textScale())
		}
	}
	var gained float32
	for i := range g.columns {
		if c := &g.columns[i]; c.late && !c.hidden && missing > gained {
			c.hidden = true
			gained += c.width
		}
	}
	return gained
}
