/// What the keys and the signs of the live screen mean.
enum LiveHelp {
  private static let keys = [
    ("q, Ctrl-C", "quit"),
    ("1 2 3, Tab", "models, callers, routes"),
    ("s", "sort by fullness, name, waiting, throttles"),
    ("r", "reverse the order"),
    ("/", "show rows with these words; Enter keeps them, Esc drops them"),
    ("a", "show all, or only what is busy"),
    ("p", "pause, and go on"),
    ("arrows, PgUp, PgDn", "scroll; Home and End go to the ends"),
    ("Ctrl-L", "draw the screen again"),
    ("Ctrl-Z", "stop until the shell's fg"),
  ]
  private static let columns = [
    ("FREE", "what can be sent now; below 0, what was used too much"),
    ("WAITING, WAIT", "requests that wait for a quota"),
    ("LONGEST, LONG", "for how long the first of them has waited"),
    ("IN FLIGHT, FLT", "requests that were sent and have not ended"),
    ("THROTTLED, THR", "requests that AWS throttled in the last hour"),
    ("DEMAND", "requests of the last hour, against its busiest minute"),
  ]

  static func lines(glyphs: LiveGlyphs, width: Int) -> [TerminalLine] {
    func part(_ glyph: Character, _ words: String) -> String { "\(String(repeating: glyph, count: 3)) \(words)" }
    let bar = [
      part(glyphs.used, "used"), part(glyphs.reserved, "reserved"), part(glyphs.free, "free"),
      part(glyphs.refused, "not enforced by AWS"),
    ].joined(separator: "  ")
    let entries = keys + [("", "")] + [("USED", bar)] + columns + [("–", "not known")]
    let margin = (entries.lazy.map(\.0.count).max() ?? 0) + 2
    return entries.flatMap { name, words -> [TerminalLine] in
      let line: TerminalLine = "\(name, .bold)" + .blanks(margin - name.count) + "\(words)"
      return line.wrapped(to: width, hang: margin)
    }
  }
}
