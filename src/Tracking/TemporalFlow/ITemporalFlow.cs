namespace Cellpose3D.Tracking.TemporalFlow;

/// <summary>Says which cells of two frames may be the same.</summary>
public interface ITemporalFlow
{
    /// <summary>Judges pairs of cells of two frames, which come in the order of the movie: every later frame with the nearest earlier one first.</summary>
    /// <param name="earlier">The earlier frame.</param>
    /// <param name="later">The later frame.</param>
    /// <param name="between">Drift from the earlier to the later frame.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    public FlowLinks Propose(FlowFrame earlier, FlowFrame later, Detections.PointUm between, CancellationToken cancellationToken = default);
}
