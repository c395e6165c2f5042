import Reports
import Testing

@testable import BedquotaCommands

struct FullScreenFrameTests {
  private let size = FullScreen.Size(width: 10, height: 3)

  @Test func theFirstFrameClearsTheScreen() {
    var frame = FullScreen.Frame()
    let text = frame.drawing(["a", "", "c"], usesColor: false, size: size)
    #expect(text == "\u{1B}[0m\u{1B}[H\u{1B}[2J\u{1B}[1;1Ha\u{1B}[K\u{1B}[3;1Hc\u{1B}[K")
  }

  @Test func onlyLinesThatChangedAreDrawn() {
    var frame = FullScreen.Frame()
    _ = frame.drawing(["a", "b", "c"], usesColor: false, size: size)
    #expect(frame.drawing(["a", "b", "c"], usesColor: false, size: size).isEmpty)
    #expect(frame.drawing(["a", "x", "c"], usesColor: false, size: size) == "\u{1B}[2;1Hx\u{1B}[K")
    // A line that is gone is erased.
    #expect(frame.drawing(["a", "x"], usesColor: false, size: size) == "\u{1B}[3;1H\u{1B}[K")
  }

  @Test func aFullLineErasesNothing() {
    var frame = FullScreen.Frame()
    _ = frame.drawing([], usesColor: false, size: size)
    #expect(frame.drawing(["0123456789"], usesColor: false, size: size) == "\u{1B}[1;1H0123456789")
    #expect(frame.drawing(["日本語の模"], usesColor: false, size: size) == "\u{1B}[1;1H日本語の模")
  }

  @Test func anotherSizeDrawsAllAndSoDoesForgetting() {
    var frame = FullScreen.Frame()
    _ = frame.drawing(["a"], usesColor: false, size: size)
    #expect(frame.drawing(["a"], usesColor: false, size: .init(width: 11, height: 3)).contains("\u{1B}[2J"))
    frame.forget()
    #expect(frame.drawing(["a"], usesColor: false, size: .init(width: 11, height: 3)).contains("\u{1B}[2J"))
  }

  @Test func stylesAreDrawnWithColorOnly() {
    let line: TerminalLine = "\("a", .failure)"
    var frame = FullScreen.Frame()
    #expect(frame.drawing([line], usesColor: true, size: size).contains("\u{1B}[31ma\u{1B}[0m\u{1B}[K"))
    frame.forget()
    #expect(!frame.drawing([line], usesColor: false, size: size).contains("\u{1B}[31m"))
  }

  @Test(arguments: [
    (["LANG": "en_US.UTF-8"], true), (["LANG": "de_DE.utf8"], true), (["LC_ALL": "C", "LANG": "en_US.UTF-8"], false),
    ([:], false),
    (["LC_ALL": "", "LC_CTYPE": "C.UTF-8"], true),
  ])
  func locales(environment: [String: String], isUnicode: Bool) {
    #expect(FullScreen.isUnicode(environment: environment) == isUnicode)
  }
}
