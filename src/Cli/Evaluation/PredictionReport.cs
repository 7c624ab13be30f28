namespace Cellpose3D.Cli.Evaluation;

/// <summary>What came out for one prediction.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Path">Its file or folder.</param>
/// <param name="Images">The scored images, by name.</param>
/// <param name="Missing">Truth files without a prediction.</param>
/// <param name="Extra">Predicted files without a truth.</param>
internal sealed record PredictionReport(string Name, string Path, ImageScores[] Images, string[] Missing, string[] Extra)
{
    /// <summary>Means over the scored images; null when none was scored.</summary>
    public ScoreSummary? Mean { get; } = Images.Length > 0 ? ScoreSummary.MeanByImage(Images) : null;

    /// <summary>The scored images taken as one; null when none was scored.</summary>
    public ScoreSummary? Pooled { get; } = Images.Length > 0 ? ScoreSummary.Pooled(Images) : null;

    /// <summary>Images without a cell in truth and prediction, which count as 1 in the means.</summary>
    public int EmptyImages => Images.Count(image => image.IsEmpty);

    /// <summary>Cells of the truth in the scored images.</summary>
    public int TrueCells => Images.Sum(image => image.TrueCells);

    /// <summary>Predicted cells in the scored images.</summary>
    public int PredictedCells => Images.Sum(image => image.PredictedCells);
}
