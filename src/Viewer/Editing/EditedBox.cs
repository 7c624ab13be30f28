using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>A part of the labels that an edit changed.</summary>
/// <param name="Time">The time point, from 0.</param>
/// <param name="Box">In voxels.</param>
public readonly record struct EditedBox(int Time, VolumeBox Box);
