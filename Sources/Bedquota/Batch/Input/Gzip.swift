import CNIOExtrasZlib
import Foundation

/// gzip (RFC 1952), with the zlib that comes with swift-nio-extras. A file may be several members behind each other; each batch of
/// results becomes one.
enum Gzip {
  static let magic: [UInt8] = [0x1F, 0x8B]
  /// zlib's largest window, in gzip's format.
  fileprivate static let windowBits: Int32 = 15 + 16

  static func isGzip(_ url: URL) -> Bool { url.pathExtension.lowercased() == "gz" }

  /// The bytes as one member.
  static func member(_ bytes: Data) -> Data {
    var stream = cnioextras_z_stream()
    precondition(
      CNIOExtrasZlib_deflateInit2(
        &stream, CNIOEXTRAS_Z_DEFAULT_COMPRESSION, CNIOEXTRAS_Z_DEFLATED, windowBits, 8, CNIOEXTRAS_Z_DEFAULT_STRATEGY)
        == CNIOEXTRAS_Z_OK,
      "zlib can't begin")
    defer { cnioextras_z_deflateEnd(&stream) }
    var input = Array(bytes)
    // deflateBound plus gzip's header and trailer.
    let capacity = Int(cnioextras_z_deflateBound(&stream, UInt(input.count))) + 32
    let compressed = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      input.withUnsafeMutableBufferPointer { input in
        (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
        (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(capacity))
        let code = cnioextras_z_deflate(&stream, CNIOEXTRAS_Z_FINISH)
        precondition(code == CNIOEXTRAS_Z_STREAM_END, "zlib answered \(code)")
        count = capacity - Int(stream.avail_out)
      }
    }
    return Data(compressed)
  }
}

/// Bytes that are damaged or end too early.
struct GzipDamage: Error, CustomStringConvertible {
  var description: String { "its gzip data are damaged or incomplete" }
}

/// The decompressed bytes of all members of a source.
final class GunzippedBytes: ByteSource {
  private static let chunkBytes = 256 * 1_024

  private var source: any ByteSource
  /// zlib keeps a pointer to it.
  private let stream: UnsafeMutablePointer<cnioextras_z_stream>
  /// Compressed bytes of which the first `used` are decompressed.
  private var input: [UInt8] = []
  private var used = 0
  /// Within a member; the source may end only outside.
  private var isInMember = false

  init(_ source: any ByteSource) {
    self.source = source
    stream = .allocate(capacity: 1)
    stream.initialize(to: cnioextras_z_stream())
    precondition(CNIOExtrasZlib_inflateInit2(stream, Gzip.windowBits) == CNIOEXTRAS_Z_OK, "zlib can't begin")
  }

  deinit {
    cnioextras_z_inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// - Throws: ``GzipDamage``, ``SystemFailure``.
  func read(upTo count: Int) throws -> [UInt8] {
    while true {
      if used == input.count {
        (input, used) = (try source.read(upTo: Self.chunkBytes), 0)
        guard !input.isEmpty else {
          if isInMember { throw GzipDamage() }
          return []
        }
      }
      let bytes = try inflate(upTo: count)
      if !bytes.isEmpty { return bytes }
    }
  }

  private func inflate(upTo count: Int) throws -> [UInt8] {
    var code = CNIOEXTRAS_Z_OK
    isInMember = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { output, filled in
      input.withUnsafeMutableBufferPointer { input in
        (stream.pointee.next_in, stream.pointee.avail_in) = (input.baseAddress?.advanced(by: used), UInt32(input.count - used))
        (stream.pointee.next_out, stream.pointee.avail_out) = (output.baseAddress, UInt32(count))
        code = cnioextras_z_inflate(stream, CNIOEXTRAS_Z_NO_FLUSH)
        used = input.count - Int(stream.pointee.avail_in)
        filled = count - Int(stream.pointee.avail_out)
      }
    }
    switch code {
    case CNIOEXTRAS_Z_OK, CNIOEXTRAS_Z_BUF_ERROR: break
    case CNIOEXTRAS_Z_STREAM_END:
      isInMember = false
      cnioextras_z_inflateReset(stream)
    default: throw GzipDamage()
    }
    return bytes
  }
}
