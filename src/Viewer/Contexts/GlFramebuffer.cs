using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Contexts;

/// <summary>Owns a framebuffer; the textures drawn into are borrowed, a buffer for the depth test is its own.</summary>
internal sealed class GlFramebuffer : GlObject
{
    private readonly uint _depth;

    internal GlFramebuffer(GlDevice device, bool hasDepth, params GlTexture[] targets)
        : base(device)
    {
        GL gl = device.Gl;
        (Width, Height) = (targets[0].Width, targets[0].Height);
        Handle = gl.GenFramebuffer();
        gl.BindFramebuffer(FramebufferTarget.Framebuffer, Handle);
        var attachments = new DrawBufferMode[targets.Length];
        for (int n = 0; n < targets.Length; n++)
        {
            gl.FramebufferTexture2D(FramebufferTarget.Framebuffer, FramebufferAttachment.ColorAttachment0 + n, TextureTarget.Texture2D, targets[n].Handle, 0);
            attachments[n] = DrawBufferMode.ColorAttachment0 + n;
        }
        if (hasDepth)
        {
            _depth = gl.GenRenderbuffer();
            gl.BindRenderbuffer(RenderbufferTarget.Renderbuffer, _depth);
            gl.RenderbufferStorage(RenderbufferTarget.Renderbuffer, InternalFormat.DepthComponent32f, (uint)Width, (uint)Height);
            gl.FramebufferRenderbuffer(FramebufferTarget.Framebuffer, FramebufferAttachment.DepthAttachment, RenderbufferTarget.Renderbuffer, _depth);
        }
        gl.DrawBuffers(attachments);
        GLEnum status = gl.CheckFramebufferStatus(FramebufferTarget.Framebuffer);
        if (status == GLEnum.FramebufferComplete)
            return;
        Dispose();
        throw new GlContextException($"a framebuffer of {Width} x {Height} is refused by {device.Renderer}: {status}.");
    }

    /// <summary>Pixels along x.</summary>
    public int Width { get; }

    /// <summary>Pixels along y.</summary>
    public int Height { get; }

    internal uint Handle { get; }

    /// <summary>Makes it the target of drawing, all of it.</summary>
    internal void Bind()
    {
        Device.Gl.BindFramebuffer(FramebufferTarget.Framebuffer, Handle);
        Device.Gl.Viewport(0, 0, (uint)Width, (uint)Height);
    }

    /// <summary>Reads a rectangle of one target.</summary>
    internal unsafe void Read<T>(int target, int x, int y, int width, int height, PixelFormat layout, PixelType type, Span<T> texels)
        where T : unmanaged
    {
        Device.Gl.BindFramebuffer(FramebufferTarget.Framebuffer, Handle);
        Device.Gl.ReadBuffer(ReadBufferMode.ColorAttachment0 + target);
        fixed (T* first = texels)
            Device.Gl.ReadPixels(x, y, (uint)width, (uint)height, layout, type, first);
        Device.Check("reading a picture back");
    }

    private protected override void Delete()
    {
        if (_depth != 0)
            Device.Gl.DeleteRenderbuffer(_depth);
        Device.Gl.DeleteFramebuffer(Handle);
    }
}
