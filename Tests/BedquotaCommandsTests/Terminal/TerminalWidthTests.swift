import Testing

@testable import BedquotaCommands

struct TerminalWidthTests {
  /// nil: a file, a pipe, or a terminal that doesn't tell its width.
  @Test(arguments: [
    (nil, 80, 80), (nil, nil, nil), (nil, 0, nil), ("60", 80, 60), ("60", nil, 60), ("0", 80, 80), ("-5", 80, 80), ("x", 80, 80),
    ("", 120, 120), ("x", nil, nil), ("1", 80, 20), (nil, 5, 20), ("1000000000", 80, 1_000_000_000),
    ("99999999999999999999", 80, 80),
  ])
  func theVariableCountsBeforeTheTerminal(variable: String?, terminal: Int?, columns: Int?) {
    #expect(TerminalWidth.columns(variable: variable, terminal: terminal) == columns)
  }

  /// The parser traps where its columns have no room.
  @Test(arguments: [(nil, 80), (20, 40), (39, 40), (40, 40), (200, 200)])
  func helpIsLaidOutForAWidthThatTheParserTakes(width: Int?, columns: Int) { #expect(TerminalWidth.ofHelp(width) == columns) }
}
