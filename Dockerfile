# Tags can move. Where the registries can be reached, pin both images by digest too (image:tag@sha256:…).
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
WORKDIR /src

# A layer of its own: modules are fetched again only when go.mod or go.sum change.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
ARG VERSION=dev
ARG TARGETOS
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags="-s -w -X main.version=$VERSION" -o /out/ws1bridge ./cmd/ws1bridge

# The configuration file of the image, to be mounted over: serve and the health check find the same one.
RUN echo '# Mount the configuration of the bridge here; without one, the environment has all settings.' > /out/config.yaml

# Static: CA certificates and time zones, no shell, no package manager. Its tag follows Debian 12's updates.
FROM gcr.io/distroless/static-debian12:nonroot
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ws1bridge" \
      org.opencontainers.image.description="Okta (SCIM 2.0) to Workspace ONE Access (SCIM 1.1) provisioning bridge" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

COPY --from=build /src/LICENSE /LICENSE
COPY --from=build /out/ws1bridge /ws1bridge
COPY --from=build /out/config.yaml /etc/ws1bridge/config.yaml
ENV WS1BRIDGE_CONFIG=/etc/ws1bridge/config.yaml

# nonroot, as a number: Kubernetes checks runAsNonRoot by it.
USER 65532:65532
# 8080: Okta calls here. 9090: health and metrics, not for the public.
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["/ws1bridge", "healthcheck"]
ENTRYPOINT ["/ws1bridge"]
CMD ["serve"]
