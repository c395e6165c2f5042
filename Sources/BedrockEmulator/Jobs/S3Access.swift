import AWSServer

/// Whether a folder stands for S3.
package enum S3Access: Sendable {
  case folder(S3Folder)
  /// None does. The advice, a sentence, tells the client what to do about it.
  case none(advice: String)

  /// - Throws: `ValidationException` if there is none.
  func required() throws(AWSFault) -> S3Folder {
    switch self {
    case .folder(let folder): return folder
    case .none(let advice): throw .invalid("This emulator has no folder that stands for S3. \(advice)")
    }
  }
}
