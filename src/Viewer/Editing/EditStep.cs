using System.Collections.Immutable;

namespace Cellpose3D.Viewer.Editing;

/// <summary>What one press of undo takes back.</summary>
/// <param name="Serial">Tells this state of the labels from every other.</param>
/// <param name="Era">Between which two saves it was made.</param>
/// <param name="Frames">The changes, in the order they were made.</param>
/// <param name="NewIds">The ids that were made.</param>
/// <param name="Parents">The tracks that got other mothers, in the order they did.</param>
internal sealed record EditStep(long Serial, int Era, ImmutableArray<FrameDelta> Frames, ImmutableArray<uint> NewIds, ImmutableArray<ParentChange> Parents);
