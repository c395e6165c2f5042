/// The metrics of the namespace `AWS/BedrockMantle`.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/monitoring-mantle-metrics.html
enum MantleMetric: String, CaseIterable, Sendable {
  /// Completed inferences.
  case inferences = "Inferences"
  /// Inferences that failed with a 4xx, without requests that were throttled before they were processed.
  case clientErrors = "InferenceClientErrors"
  /// AWS counts billable tokens; the emulator counts cached ones too.
  case totalInputTokens = "TotalInputTokens"
  case totalOutputTokens = "TotalOutputTokens"
  case inputTokens = "InputTokens"
  case outputTokens = "OutputTokens"

  static let namespace = "AWS/BedrockMantle"
  static let unit = "Count"

  /// The dimensions by which metrics are published.
  enum Level: CaseIterable, Sendable {
    case account, project, model, projectAndModel

    func dimensions(project: String, model: String) -> [MetricKey.Dimension] {
      let (project, model) = (
        MetricKey.Dimension(name: "Project", value: project), MetricKey.Dimension(name: "Model", value: model)
      )
      return switch self {
      case .account: []
      case .project: [project]
      case .model: [model]
      case .projectAndModel: [project, model]
      }
    }
  }

  var levels: [Level] {
    switch self {
    case .inferences, .clientErrors: Level.allCases
    case .totalInputTokens, .totalOutputTokens: [.account, .project, .model]
    case .inputTokens, .outputTokens: [.projectAndModel]
    }
  }
}
