namespace Cellpose3D.Volume.Synthesis;

/// <summary>One infinitely thin section of the scene, with a margin around the image so that blur has something to take in.</summary>
internal sealed class PlaneCanvas
{
    public PlaneCanvas(int height, int width, int margin, int channels)
    {
        (Margin, Height, Width) = (margin, height + 2 * margin, width + 2 * margin);
        Owner = new int[Height * Width];
        Depth = new float[Height * Width];
        Light = new float[channels][];
        for (int c = 0; c < channels; c++)
            Light[c] = new float[Height * Width];
    }

    /// <summary>Pixels around the image; the image's first pixel lies at (Margin, Margin).</summary>
    public int Margin { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Number of the cell at each pixel, 0 for none.</summary>
    public int[] Owner { get; }

    /// <summary>How deep inside its cell a pixel lies, where content wants to keep it.</summary>
    public float[] Depth { get; }

    /// <summary>Light of each channel.</summary>
    public float[][] Light { get; }

    public void Clear()
    {
        Array.Clear(Owner);
        foreach (float[] light in Light)
            Array.Clear(light);
    }
}
