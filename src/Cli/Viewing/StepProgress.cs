using Cellpose3D.Viewer.Segmenting;

namespace Cellpose3D.Cli.Viewing;

/// <summary>A part of a run, with the name of the step it is in.</summary>
/// <param name="whole">Hears of the whole run.</param>
/// <param name="stepOf">Names the step at a share of the part.</param>
/// <param name="from">Where in the whole the part begins.</param>
/// <param name="to">Where it ends.</param>
internal sealed class StepProgress(IProgress<SegmentationProgress> whole, Func<float, string> stepOf, float from = 0, float to = 1) : IProgress<float>
{
    /// <inheritdoc/>
    public void Report(float value) => whole.Report(new SegmentationProgress(from + (to - from) * value, stepOf(value)));
}
