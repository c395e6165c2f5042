import BedrockQuotas
import Testing

@testable import Bedquota

/// What a medium is, and what it costs.
struct MediumTests {
  private let claude = Facts.builtIn.mediaCost(of: ModelID("anthropic.claude-sonnet-4-5-20250929-v1:0"))
  private let nova = Facts.builtIn.mediaCost(of: ModelID("amazon.nova-pro-v1:0"))

  private func medium(_ base64: String, _ kind: Medium.Kind? = nil, format: String? = nil) -> Medium {
    Medium(base64: base64[...], kind: kind, format: format)
  }

  @Test(
    arguments: [MediaBodies.png(640, 480), MediaBodies.jpeg(640, 480), MediaBodies.gif(640, 480), MediaBodies.webP(640, 480)])
  func theSizeOfAPicture(base64: String) throws {
    guard case .picture(let size?) = medium(base64) else { return #expect(Bool(false), "no size") }
    #expect(size.width == 640 && size.height == 480)
  }

  @Test(arguments: ["", "A", "iVBORw0KGgo", "/9j/", "/9j//////////w==", "R0lGODlh", "UklGRgAAAABXRUJQ", "not base64!"])
  func brokenPicturesCountAsTheMost(base64: String) {
    #expect(medium(base64, .picture).tokensMax(claude) == 1_600)
  }

  @Test func picturesByTheirModel() throws {
    #expect(medium(MediaBodies.png(1_000, 750)).tokensMax(claude) == 1_000)
    #expect(medium(MediaBodies.png(8_000, 8_000)).tokensMax(claude) == 1_600)
    #expect(medium(MediaBodies.png(Int(UInt32.max), Int(UInt32.max))).tokensMax(claude) == 1_600)
    // Nova's table says 800 and 1,300.
    #expect((800...900).contains(medium(MediaBodies.png(900, 450)).tokensMax(nova)))
    #expect((1_300...1_700).contains(medium(MediaBodies.png(900, 900)).tokensMax(nova)))
    let opus = Facts.builtIn.mediaCost(of: ModelID("anthropic.claude-opus-4-7"))
    #expect(medium(MediaBodies.png(4_032, 3_024)).tokensMax(opus) == 4_784)
  }

  @Test func documents() {
    #expect(medium(MediaBodies.pdf(pages: 3), .document) == .pages(3))
    #expect(medium(MediaBodies.pdf(pages: 0), .document) == .pages(30))
    #expect(medium(MediaBodies.zip(bytes: 30_000), .document) == .packedText(bytes: 30_000))
    #expect(medium(MediaBodies.base64(Array("a,b\n1,2\n".utf8), bytes: 9), .document, format: "csv") == .text(bytes: 9))
    #expect(medium(MediaBodies.pdf(pages: 3), .document).tokensMax(claude) == 3 * 4_600)
  }

  @Test func recordingsAndFilms() {
    guard case .recording(let seconds?) = medium(MediaBodies.wav(seconds: 10)) else { return #expect(Bool(false), "no time") }
    #expect((9.9...10.1).contains(seconds))
    #expect(medium(MediaBodies.mp4(bytes: 125_000)).tokensMax(nova) == 2_880)
    // Nova samples longer films less often.
    #expect(medium(MediaBodies.mp4(bytes: 24_000_000)).tokensMax(nova) == 276_480)
    #expect(Medium(elsewhere: .film).tokensMax(nova) == 276_480)
  }
}
