package import AWSClient

extension DynamoDBAddress {
  /// The options of a configuration with the address's Region and endpoint. An endpoint is for all services of a configuration,
  /// so a store has a configuration of its own.
  package func options(_ options: AWSConfiguration.Options = AWSConfiguration.Options()) -> AWSConfiguration.Options {
    var options = options
    if let region { options.region = region }
    if let endpoint { options.endpointURL = endpoint }
    return options
  }
}
