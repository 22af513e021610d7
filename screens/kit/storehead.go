package kit

// ForStore gives the card a head with the name and the tag of a store, wine for
// production; for the cards of sign-in and lock.
func (c *Card) ForStore(s Store) *Card {
	name := NewText(s.Name).Strong().Ellipsis()
	tag := NewTag(s.Tag)
	c.wine = s.Tag == TagProduction
	if c.wine {
		name.In(ColorOnProd)
		tag.OnWine()
	}
	return c.Head(AtLeast(0, Scaled(HeightCode)-1, PadXY(Space32-1, 0, Row(Space12, Grow(name), tag))))
}
