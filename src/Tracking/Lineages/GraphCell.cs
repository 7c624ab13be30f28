using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Tracking.Lineages;

/// <summary>A cell as a file names it.</summary>
/// <param name="Id">Its number in the file.</param>
/// <param name="Cell">Frame, place and what else is known; a label of 0 means that the file gives none.</param>
/// <param name="TrackId">Number of its track, or 0 where the file gives none.</param>
public readonly record struct GraphCell(long Id, Detection Cell, int TrackId = 0);
