using System.Collections.Immutable;

namespace Cellpose3D.Viewer.Editing;

/// <summary>What an edit, or taking it back, changed.</summary>
/// <param name="Boxes">Boxes outside of which nothing changed; those of one time point do not overlap.</param>
/// <param name="Ids">The cells that gained or lost voxels, rising.</param>
/// <param name="NewIds">The ids that were made, rising.</param>
/// <param name="Voxels">How many voxels changed.</param>
public sealed record EditResult(ImmutableArray<EditedBox> Boxes, ImmutableArray<uint> Ids, ImmutableArray<uint> NewIds, long Voxels)
{
    /// <summary>The voxels that changed.</summary>
    internal ImmutableArray<FrameDelta> Changes { get; init; } = [];

    /// <summary>Whether they became what the edit made of them, rather than what they were before it.</summary>
    internal bool IsForth { get; init; } = true;

    /// <summary>Whether tracks got other mothers.</summary>
    internal bool ChangesParents { get; init; }

    /// <summary>This and another one of another time point, made one after the other.</summary>
    /// <param name="next">What was changed after it.</param>
    internal EditResult With(EditResult next) => new([.. Boxes, .. next.Boxes], [.. Ids.Concat(next.Ids).Distinct().Order()], [.. NewIds, .. next.NewIds], Voxels + next.Voxels)
    {
        Changes = [.. Changes, .. next.Changes],
    };

    /// <summary>Nothing changed.</summary>
    public static EditResult None { get; } = new([], [], [], 0);
}
