"""The gallery: short films of what the generator does, on a cast of characters, and the page that plays them."""
