import AWSServer

/// Whether a folder stands for S3.
package enum S3Access: Sendable {
  case folder(S3Folder)
  /// None does. The advice, a sentence, tells the client what to do about it.
  case none(advice: String)

  /// The folder, in which the folders of a location are made, so that a client learns at once if nothing can be written there.
  /// - Throws: `ValidationException` if no folder stands for S3, or if the location's can't be made.
  func outputFolder(for location: S3Location) throws(AWSFault) -> S3Folder {
    switch self {
    case .folder(let folder):
      do {
        try folder.prepare(location)
      } catch {
        throw .invalid(error.message)
      }
      return folder
    case .none(let advice): throw .invalid("This emulator has no folder that stands for S3. \(advice)")
    }
  }
}
