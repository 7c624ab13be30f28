namespace Cellpose3D.Tracking.Linking;

/// <summary>A link of the assignment tracker.</summary>
/// <param name="Source">Id of the earlier cell.</param>
/// <param name="Target">Id of the later cell; several links lead to it where tracks merge.</param>
/// <param name="Cost">Squared distance, in square micrometres.</param>
public readonly record struct LapLink(int Source, int Target, double Cost);
