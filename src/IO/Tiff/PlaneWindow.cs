namespace Cellpose3D.IO.Tiff;

/// <summary>A rectangle of a plane.</summary>
internal readonly record struct PlaneWindow(int Y, int X, int Height, int Width)
{
    public int EndY => Y + Height;

    public int EndX => X + Width;
}
