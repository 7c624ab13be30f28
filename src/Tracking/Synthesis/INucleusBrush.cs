namespace Cellpose3D.Tracking.Synthesis;

/// <summary>Paints nuclei on a canvas.</summary>
internal interface INucleusBrush
{
    /// <summary>Paints one nucleus.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="form">Its body.</param>
    /// <param name="character">What it looks like.</param>
    /// <param name="owner">Its number, from 1; 0 where it is invisible: then its light is faint and out of focus.</param>
    public void Paint(MovieCanvas canvas, in NucleusForm form, NucleusCharacter character, int owner);
}
