using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Cellpose3D.Viewer.Editing;

/// <summary>One line of a journal.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "record")]
[JsonDerivedType(typeof(Begin), "begin")]
[JsonDerivedType(typeof(Edit), "edit")]
[JsonDerivedType(typeof(Undo), "undo")]
[JsonDerivedType(typeof(Redo), "redo")]
[JsonDerivedType(typeof(Patch), "patch")]
[JsonDerivedType(typeof(Saving), "saving")]
internal abstract record JournalRecord
{
    /// <summary>The first record: the labels that the edits begin with, and the mother of each track that has one where there are tracks.</summary>
    public sealed record Begin(int Version, string Labels, uint LargestId, Dictionary<uint, uint>? Parents = null) : JournalRecord;

    /// <summary>An edit.</summary>
    public sealed record Edit(EditCommand Command) : JournalRecord;

    /// <summary>The last edit of the journal that was not taken back is.</summary>
    public sealed record Undo : JournalRecord;

    /// <summary>The edit taken back last is made again.</summary>
    public sealed record Redo : JournalRecord;

    /// <summary>Voxels, and all mothers there are then, changed by taking back, or making again, what was done before the journal began.</summary>
    public sealed record Patch(ImmutableArray<PatchedFrame> Frames, Dictionary<uint, uint>? Parents = null) : JournalRecord;

    /// <summary>The labels, and mothers, as they are here are about to be saved.</summary>
    public sealed record Saving(string Labels, Dictionary<uint, uint>? Parents = null) : JournalRecord;
}
