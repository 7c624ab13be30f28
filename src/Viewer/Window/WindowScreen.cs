using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Rendering;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Window;

/// <summary>Owns what a finished picture is put on a window with.</summary>
internal sealed class WindowScreen(GlDevice device) : IDisposable
{
    private GlTexture? _picture;
    private GlFramebuffer? _buffer;

    /// <summary>Puts a picture on all of the window, stretched where it has another size.</summary>
    public void Show(RenderedPicture picture, int width, int height)
    {
        if (_picture is null || (_picture.Width, _picture.Height) != (picture.Width, picture.Height))
        {
            Dispose();
            _picture = GlTexture.Picture(device, picture.Width, picture.Height, InternalFormat.Rgba8, PixelFormat.Rgba, PixelType.UnsignedByte);
            _buffer = new GlFramebuffer(device, hasDepth: false, _picture);
        }
        _picture.Write<byte>(picture.Rgba, PixelFormat.Rgba, PixelType.UnsignedByte);
        GL gl = device.Gl;
        gl.BindFramebuffer(FramebufferTarget.ReadFramebuffer, _buffer!.Handle);
        gl.ReadBuffer(ReadBufferMode.ColorAttachment0);
        gl.BindFramebuffer(FramebufferTarget.DrawFramebuffer, 0);
        // a window's first row is its lowest
        gl.BlitFramebuffer(0, 0, picture.Width, picture.Height, 0, height, width, 0, ClearBufferMask.ColorBufferBit, BlitFramebufferFilter.Linear);
        device.Check("showing a picture");
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _picture?.Dispose();
    }
}
