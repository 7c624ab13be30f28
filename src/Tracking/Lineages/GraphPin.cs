namespace Cellpose3D.Tracking.Lineages;

/// <summary>A user's word on a link between two cells as a file names them.</summary>
/// <param name="Source">Number of the earlier cell in the file.</param>
/// <param name="Target">Number of the later cell in the file.</param>
/// <param name="Accept">True: the link is; false: the link is not.</param>
public readonly record struct GraphPin(long Source, long Target, bool Accept);
