using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>One correction of labels, as data: what a front sends, what the journal keeps.</summary>
/// <remarks>
/// Places are in voxels of the finest resolution; whole numbers are voxel centres (a <see cref="Rendering.PickedPoint.Voxel"/> less one half).
/// Ids are never renumbered. Where a command takes null for an id, it makes a new one: the largest ever used and 1.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "edit")]
[JsonDerivedType(typeof(Paint), "paint")]
[JsonDerivedType(typeof(Erase), "erase")]
[JsonDerivedType(typeof(Fill), "fill")]
[JsonDerivedType(typeof(Polygon), "polygon")]
[JsonDerivedType(typeof(Interpolate), "interpolate")]
[JsonDerivedType(typeof(Delete), "delete")]
[JsonDerivedType(typeof(Merge), "merge")]
[JsonDerivedType(typeof(SplitByLine), "split_line")]
[JsonDerivedType(typeof(SplitByPlane), "split_plane")]
[JsonDerivedType(typeof(SplitBySeeds), "split_seeds")]
[JsonDerivedType(typeof(CutTrack), "cut_track")]
[JsonDerivedType(typeof(JoinTracks), "join_tracks")]
[JsonDerivedType(typeof(SetMother), "set_mother")]
[JsonDerivedType(typeof(PutCells), "put_cells")]
[JsonDerivedType(typeof(NewId), "new_id")]
public abstract record EditCommand
{
    private EditCommand()
    {
    }

    /// <summary>The time point, from 0.</summary>
    public int Time { get; init; }

    /// <summary>Whether it goes on with the last edit's gesture: both are then undone by one step.</summary>
    public bool Continues { get; init; }

    /// <summary>Draws with a round brush along a stroke.</summary>
    /// <param name="Id">The cell; null makes a new one.</param>
    /// <param name="Points">The stroke, at least one point; in 2D all on one plane.</param>
    /// <param name="Radius">In edges of a voxel along x, at least 0.5; round in micrometres. The voxel at each point is always drawn.</param>
    /// <param name="Plane">The plane that is drawn on, for a disk.</param>
    /// <param name="Is3D">Whether the brush is a ball rather than a disk on the plane.</param>
    /// <param name="Over">What may change; null: everything.</param>
    public sealed record Paint(uint? Id, ImmutableArray<PointUm> Points, double Radius, EditPlane Plane = EditPlane.XY, bool Is3D = false, DrawOver? Over = null) : EditCommand;

    /// <summary>Makes background along a stroke.</summary>
    /// <param name="Points">As for <see cref="Paint"/>.</param>
    /// <param name="Radius">As for <see cref="Paint"/>.</param>
    /// <param name="Plane">As for <see cref="Paint"/>.</param>
    /// <param name="Is3D">As for <see cref="Paint"/>.</param>
    /// <param name="Over">What may change; null: everything.</param>
    [SuppressMessage("Naming", "CA1716", Justification = "The word of the field; Visual Basic's statement of that name is no reason to avoid it.")]
    public sealed record Erase(ImmutableArray<PointUm> Points, double Radius, EditPlane Plane = EditPlane.XY, bool Is3D = false, DrawOver? Over = null) : EditCommand;

    /// <summary>Fills the connected piece of cell or background at a place.</summary>
    /// <param name="Id">The cell; 0 makes background, null a new cell.</param>
    /// <param name="At">The place.</param>
    /// <param name="Plane">The plane, in 2D.</param>
    /// <param name="Is3D">Whether the piece is followed through all planes; its voxels share faces.</param>
    public sealed record Fill(uint? Id, PointUm At, EditPlane Plane = EditPlane.XY, bool Is3D = false) : EditCommand;

    /// <summary>Fills an outline on one plane: voxels with their centre inside or on it.</summary>
    /// <param name="Id">The cell; null makes a new one.</param>
    /// <param name="Points">At least 3, on one plane; closed from the last to the first.</param>
    /// <param name="Plane">The plane that is drawn on.</param>
    /// <param name="Over">What may change; null: background only.</param>
    public sealed record Polygon(uint? Id, ImmutableArray<PointUm> Points, EditPlane Plane = EditPlane.XY, DrawOver? Over = null) : EditCommand;

    /// <summary>Fills outlines on some planes and the planes between them.</summary>
    /// <param name="Id">The cell; null makes a new one.</param>
    /// <param name="Outlines">Outlines, in any order; several on one plane are joined.</param>
    /// <param name="Plane">The plane that is drawn on.</param>
    /// <param name="Over">What may change; null: background only.</param>
    public sealed record Interpolate(uint? Id, ImmutableArray<EditOutline> Outlines, EditPlane Plane = EditPlane.XY, DrawOver? Over = null) : EditCommand;

    /// <summary>Makes cells background.</summary>
    /// <param name="Ids">The cells.</param>
    /// <param name="AllTimes">Whether at every time point.</param>
    public sealed record Delete(ImmutableArray<uint> Ids, bool AllTimes = false) : EditCommand;

    /// <summary>Makes cells one.</summary>
    /// <param name="Ids">The cells, at least two; the first one's id is kept.</param>
    /// <param name="AllTimes">Whether at every time point.</param>
    public sealed record Merge(ImmutableArray<uint> Ids, bool AllTimes = false) : EditCommand;

    /// <summary>Cuts a cell along the straight line through two places; the larger part keeps the id.</summary>
    /// <param name="Id">The cell.</param>
    /// <param name="From">On the line.</param>
    /// <param name="To">On the line, elsewhere.</param>
    /// <param name="Plane">The plane that is drawn on.</param>
    /// <param name="Is3D">Whether all planes are cut alike, rather than only that of <paramref name="From"/>.</param>
    public sealed record SplitByLine(uint Id, PointUm From, PointUm To, EditPlane Plane = EditPlane.XY, bool Is3D = false) : EditCommand;

    /// <summary>Cuts a cell along any plane; the larger part keeps the id.</summary>
    /// <param name="Id">The cell.</param>
    /// <param name="At">On the plane, in voxels.</param>
    /// <param name="Normal">At right angles to the plane in micrometres, of any length.</param>
    public sealed record SplitByPlane(uint Id, PointUm At, PointUm Normal) : EditCommand;

    /// <summary>Cuts a cell into one part for each seed where it is thinnest: a watershed on the distance from its border in micrometres.</summary>
    /// <param name="Id">The cell.</param>
    /// <param name="Seeds">Places in the cell, at least two; the first one's part keeps the id.</param>
    public sealed record SplitBySeeds(uint Id, ImmutableArray<PointUm> Seeds) : EditCommand;

    /// <summary>Ends a track before the command's time point; what follows is a new track without a mother. A track that begins there loses its mother.</summary>
    /// <param name="Id">The track, which is its cells' label.</param>
    public sealed record CutTrack(uint Id) : EditCommand;

    /// <summary>Makes a track go on as another one, with its number.</summary>
    /// <param name="Earlier">The track that keeps its number; it must end before the other begins, and not have divided.</param>
    /// <param name="Later">The track that gets that number.</param>
    public sealed record JoinTracks(uint Earlier, uint Later) : EditCommand;

    /// <summary>Makes a track the daughter of another one. Where that one lives on, it divides there: what follows of it becomes the other daughter, with a new number.</summary>
    /// <param name="Id">The daughter.</param>
    /// <param name="Mother">The mother, which must begin before her.</param>
    public sealed record SetMother(uint Id, uint Mother) : EditCommand;

    /// <summary>Puts cells into a box that were found elsewhere: by the network.</summary>
    /// <param name="Box">The box, inside of the volume.</param>
    /// <param name="Cells">Their voxels, as <see cref="CellPlacement.Pack"/> packs them: cells are numbered from 1.</param>
    /// <param name="Ids">The id of each cell, by its number less 1; 0 makes a new one.</param>
    /// <param name="KeepsOthers">
    /// Whether cells that are in the box stay as they are: then background alone is filled, and a cell of which more than half is taken is left out.
    /// Else the box holds the new cells and nothing else.
    /// </param>
    /// <param name="Instead">Cells that do not stay all the same: those of an earlier result, which this one stands for.</param>
    public sealed record PutCells(VolumeBox Box, byte[] Cells, ImmutableArray<uint> Ids, bool KeepsOthers, ImmutableArray<uint> Instead) : EditCommand;

    /// <summary>Takes a new id, to draw with; changes no voxel and is not undone.</summary>
    public sealed record NewId : EditCommand;
}
