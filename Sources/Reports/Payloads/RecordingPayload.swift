package import Bedquota

/// What `record` saved, as JSON; see docs/json.md.
package struct RecordingPayload: Encodable {
  var directory: String
  var files: [String]
  var quotas: Int
  var models: Int
  var profiles: Int

  /// - Parameter directory: as the user named it.
  package init(_ summary: AccountRecorder.Summary, directory: String) {
    self.directory = directory
    (files, quotas) = (summary.files, summary.quotas)
    (models, profiles) = (summary.models, summary.profiles)
  }

  /// `1,155 quotas, 98 models and 113 profiles saved in my-account`
  package var text: String {
    "\(Figures.grouped(quotas)) quotas, \(models) models and \(profiles) profiles saved in \(directory)"
  }
}
