package import Foundation

/// Recorded data beside the checkout, for further tests. Users' clones don't have it.
package enum SharedData {
  /// The folder `../shared`, or the one that `BEDQUOTA_SHARED` names; nil if there is none.
  package static let directory: URL? = {
    let named = ProcessInfo.processInfo.environment["BEDQUOTA_SHARED"].map { URL(filePath: $0) }
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let directory = named ?? root.deletingLastPathComponent().appending(path: "shared")
    return FileManager.default.fileExists(atPath: directory.appending(path: "data").path) ? directory : nil
  }()

  package static let isPresent = directory != nil
  /// Why tests are skipped.
  package static let absence = "there is no ../shared/data beside this checkout"

  /// A file or folder of `../shared/data`.
  package static func url(_ path: String) -> URL { directory!.appending(path: "data").appending(path: path) }

  package static func decode<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
  }
}
