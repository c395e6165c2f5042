import BedrockQuotas
import Foundation

/// A picture, document, recording or film in a request, as far as its cost requires.
enum Medium: Sendable, Equatable {
  /// nil if the size can't be read.
  case picture(PictureSize?)
  /// A document of pages; nil if their number can't be read.
  case pages(Int?)
  /// An office document of this many bytes, which is compressed text.
  case packedText(bytes: Int)
  /// A text file of this many bytes.
  case text(bytes: Int)
  /// Seconds; nil if the length can't be read.
  case film(seconds: Double?)
  case recording(seconds: Double?)

  /// What the place in the body says that a medium is.
  enum Kind: Sendable, Equatable { case picture, document, film, recording }

  /// The lowest rates at which films and recordings are usual, in bytes a second: 100 and 16 kbit/s. They turn a size into the
  /// longest time.
  private static let filmBytesPerSecondMin = 12_500.0
  private static let recordingBytesPerSecondMin = 2_000.0
  /// The size of a page in a PDF whose pages can't be counted, in bytes; such files are seldom smaller.
  private static let pageBytesMin = 10_000

  /// A medium that the body names but doesn't hold: a URL, an object in S3, the id of a file.
  init(elsewhere kind: Kind) {
    self =
      switch kind {
      case .picture: .picture(nil)
      case .document: .pages(nil)
      case .film: .film(seconds: nil)
      case .recording: .recording(seconds: nil)
      }
  }

  /// - Parameters:
  ///   - base64: the content. It is read as far as needed; a fault in it is the service's matter.
  ///   - kind: what the content is if its first bytes don't tell; nil: a picture.
  ///   - format: the format or media type that the body states, such as `pdf` or `text/csv`.
  init(base64: Substring, kind: Kind?, format: String?) {
    let bytes = base64.utf8.count / 4 * 3 - base64.utf8.suffix(2).count { $0 == UInt8(ascii: "=") }
    let head = Self.decode(base64, max: 64)
    if Self.isPicture(head) {
      // Only in a JPEG the size may be far from the beginning.
      self = .picture(PictureSize(head) ?? PictureSize(Self.decode(base64, max: PictureSize.headBytes)))
    } else if head.starts(with: Array("%PDF".utf8)) {
      self = .pages(Self.pages(in: Self.decode(base64, max: .max)) ?? max(1, bytes / Self.pageBytesMin))
    } else if head.starts(with: Array("PK".utf8)) || head.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
      self = .packedText(bytes: bytes)
    } else if let seconds = Self.waveSeconds(head, bytes: bytes) {
      self = .recording(seconds: seconds)
    } else {
      switch Self.kind(of: head) ?? kind ?? .picture {
      case .picture: self = .picture(nil)
      case .document where format == "pdf" || format == "application/pdf": self = .pages(max(1, bytes / Self.pageBytesMin))
      case .document: self = .text(bytes: bytes)
      case .film: self = .film(seconds: Double(bytes) / Self.filmBytesPerSecondMin)
      case .recording: self = .recording(seconds: Double(bytes) / Self.recordingBytesPerSecondMin)
      }
    }
  }

  /// A high estimate of its tokens.
  func tokensMax(_ cost: MediaCost) -> Int {
    switch self {
    case .picture(let size): cost.picture(size.map { (Double($0.width), Double($0.height)) })
    case .pages(let count): cost.pages(count)
    case .packedText(let bytes), .text(let bytes): bytes / InputSize.bytesPerTokenMin
    case .film(let seconds): cost.film(seconds: seconds)
    case .recording(let seconds): cost.recording(seconds: seconds)
    }
  }
}

// MARK: - Reading

extension Medium {
  /// The first bytes, at most `max` of them; none if the text isn't base64.
  private static func decode(_ base64: Substring, max: Int) -> [UInt8] {
    let characters = max > base64.utf8.count ? base64.utf8.count : (max + 2) / 3 * 4
    // Some encoders break lines.
    let letters = Data(base64.utf8.lazy.filter { $0 != 0x0A && $0 != 0x0D }.prefix(characters))
    return Data(base64Encoded: letters.prefix(letters.count / 4 * 4)).map(Array.init) ?? []
  }

  private static func isPicture(_ head: [UInt8]) -> Bool {
    head.starts(with: [0x89, 0x50, 0x4E, 0x47]) || head.starts(with: [0xFF, 0xD8, 0xFF]) || head.starts(with: Array("GIF8".utf8))
      || (head.starts(with: Array("RIFF".utf8)) && head.count >= 12 && head[8..<12].elementsEqual("WEBP".utf8))
  }

  /// What the first bytes of a container of films or recordings say; nil for others.
  private static func kind(of head: [UInt8]) -> Kind? {
    guard head.count >= 12 else { return nil }
    if head[4..<8].elementsEqual("ftyp".utf8) { return head[8..<11].elementsEqual("M4A".utf8) ? .recording : .film }
    if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) || head.starts(with: Array("FLV".utf8)) { return .film }
    let marks = ["ID3", "OggS", "fLaC"]
    return marks.contains { head.starts(with: Array($0.utf8)) } ? .recording : nil
  }

  /// The length of a WAV file, from the rate in its head; nil for other files.
  private static func waveSeconds(_ head: [UInt8], bytes: Int) -> Double? {
    guard head.count >= 32, head.starts(with: Array("RIFF".utf8)), head[8..<12].elementsEqual("WAVE".utf8) else { return nil }
    let rate = head[28..<32].reversed().reduce(0) { $0 << 8 | Int($1) }
    return rate > 0 ? Double(bytes) / Double(rate) : nil
  }

  /// The pages that a PDF names in plain text; nil if it names none, because newer files compress their structure.
  private static func pages(in file: [UInt8]) -> Int? {
    let mark = Array("/Type".utf8)
    var count = 0
    var index = 0
    while index + mark.count + 6 < file.count {
      guard file[index] == mark[0], file[index..<index + mark.count].elementsEqual(mark) else {
        index += 1
        continue
      }
      index += mark.count
      while index < file.count, file[index] == 0x20 || file[index] == 0x0D || file[index] == 0x0A { index += 1 }
      guard index + 6 <= file.count, file[index..<index + 5].elementsEqual("/Page".utf8) else { continue }
      if file[index + 5] != UInt8(ascii: "s") { count += 1 }
    }
    return count > 0 ? count : nil
  }
}
