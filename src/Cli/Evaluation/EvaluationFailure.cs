namespace Cellpose3D.Cli.Evaluation;

/// <summary>An image that could not be scored.</summary>
/// <param name="Prediction">The prediction's name; null when the truth could not be read, which is a failure for all.</param>
/// <param name="Image">The image's name.</param>
/// <param name="Message">What, where and the remedy, in one line.</param>
internal sealed record EvaluationFailure(string? Prediction, string Image, string Message);
