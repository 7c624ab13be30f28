using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Tracking.Synthesis;

/// <summary>A nucleolus or chromocentre.</summary>
/// <param name="At">Its middle in the frame of the nucleus, where that is the ball of radius 1; Z goes along its axis in three dimensions, X in two.</param>
/// <param name="Tightness">1 over its squared radius.</param>
/// <param name="Gain">Light it adds, over the light that is there; negative for dark ones.</param>
internal readonly record struct NucleusSpot(Point3 At, double Tightness, double Gain);
