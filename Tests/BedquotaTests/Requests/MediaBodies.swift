import Foundation

/// Pictures and other files for bodies, as base64.
enum MediaBodies {
  /// The head of a PNG of this size, and zeros up to `bytes`.
  static func png(_ width: Int, _ height: Int, bytes: Int = 300_000) -> String {
    let size = [width, height].flatMap { number in stride(from: 24, through: 0, by: -8).map { UInt8(number >> $0 & 255) } }
    let head: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52] + size
    return base64(head, bytes: bytes)
  }

  static func jpeg(_ width: Int, _ height: Int, bytes: Int = 300_000) -> String {
    // A segment of 60 kB with a preview comes before the frame header.
    let preview: [UInt8] = [0xFF, 0xE1, 0xEA, 0x60] + Array(repeating: 0, count: 59_998)
    let frame: [UInt8] = [
      0xFF, 0xC0, 0, 17, 8, UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255), 3,
    ]
    return base64([0xFF, 0xD8] + preview + frame, bytes: bytes)
  }

  static func gif(_ width: Int, _ height: Int) -> String {
    base64(Array("GIF89a".utf8) + [UInt8(width & 255), UInt8(width >> 8), UInt8(height & 255), UInt8(height >> 8)], bytes: 300)
  }

  static func webP(_ width: Int, _ height: Int) -> String {
    func three(_ number: Int) -> [UInt8] { [UInt8(number & 255), UInt8(number >> 8 & 255), UInt8(number >> 16)] }
    return base64(
      Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0] + three(width - 1)
        + three(height - 1),
      bytes: 300)
  }

  static func pdf(pages: Int, bytes: Int = 300_000) -> String {
    let text = "%PDF-1.4\n<< /Type /Pages /Count \(pages) >>\n" + String(repeating: "<< /Type /Page >>\n", count: pages)
    return base64(Array(text.utf8), bytes: bytes)
  }

  /// A WAV file of one channel, 16 bits and 16 kHz.
  static func wav(seconds: Int) -> String {
    let head =
      Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0x3E, 0, 0, 0, 0x7D, 0, 0]
    return base64(head, bytes: seconds * 32_000)
  }

  static func zip(bytes: Int) -> String { base64([0x50, 0x4B, 3, 4], bytes: bytes) }

  static func mp4(bytes: Int) -> String { base64([0, 0, 0, 32] + Array("ftypisom".utf8), bytes: bytes) }

  static func base64(_ head: [UInt8], bytes: Int) -> String {
    (Data(head) + Data(count: max(0, bytes - head.count))).base64EncodedString()
  }
}
